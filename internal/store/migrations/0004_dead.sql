-- Messages that were given up, and whether ops was told. Those of before count as
-- told.

ALTER TABLE deliveries ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
UPDATE deliveries SET told = 1 WHERE state = 'dead';
CREATE INDEX deliveries_dead ON deliveries (seq) WHERE state = 'dead' AND told = 0;
