CREATE INDEX sales_order_customer ON sales_order (customer_no, ordered_at, status, order_type, staff_no);
CREATE INDEX visit_log_customer ON visit_log (customer_no, visited_on);
CREATE INDEX claim_customer ON claim (customer_no);
CREATE INDEX sales_order_date ON sales_order (ordered_at);
