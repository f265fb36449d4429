-- Cases about one product of a customer, or about a product itself.

ALTER TABLE cases ADD COLUMN product TEXT NOT NULL DEFAULT '';
DROP INDEX cases_customer;
CREATE INDEX cases_customer ON cases (family, customer_id, product);
