CREATE TABLE staff (
  staff_no   TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  email      TEXT,
  boss_no    TEXT,
  department TEXT NOT NULL,
  grade      TEXT,
  hired_on   TEXT,
  retired_on TEXT
);
CREATE TABLE item (
  item_code       TEXT PRIMARY KEY,
  name            TEXT NOT NULL,
  category        TEXT,
  list_price      INTEGER,
  discontinued_on TEXT
);
CREATE TABLE customer (
  customer_no   TEXT PRIMARY KEY,
  name          TEXT NOT NULL,
  staff_no      TEXT,
  trade         TEXT,
  territory     TEXT,
  registered_on TEXT,
  deleted       INTEGER NOT NULL
);
CREATE TABLE sales_order (
  order_no    INTEGER PRIMARY KEY,
  customer_no TEXT,
  staff_no    TEXT,
  ordered_at  TEXT,
  booked_on   TEXT,
  order_type  TEXT NOT NULL,
  status      TEXT NOT NULL
);
CREATE TABLE sales_order_line (
  order_no      INTEGER NOT NULL,
  line_no       INTEGER NOT NULL,
  item_code     TEXT,
  quantity      INTEGER,
  unit_price    INTEGER,
  supply_amount INTEGER,
  vat_amount    INTEGER,
  PRIMARY KEY (order_no, line_no)
) WITHOUT ROWID;
CREATE TABLE visit_log (
  visit_no    INTEGER PRIMARY KEY,
  staff_no    TEXT NOT NULL,
  customer_no TEXT,
  prospect    TEXT,
  visited_on  TEXT,
  kind        TEXT,
  state       TEXT NOT NULL
);
CREATE TABLE claim (
  claim_no    INTEGER PRIMARY KEY,
  customer_no TEXT NOT NULL,
  received_on TEXT,
  settled_on  TEXT,
  about       TEXT
);
CREATE TABLE target (
  staff_no  TEXT NOT NULL,
  figure    TEXT NOT NULL,
  span      TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  amount    INTEGER NOT NULL,
  PRIMARY KEY (staff_no, figure, span, starts_on)
);
CREATE TABLE leave_day (
  staff_no TEXT NOT NULL,
  day      TEXT NOT NULL
);
