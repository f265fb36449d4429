SET SESSION sql_mode = '';
CREATE TABLE staff (
  staff_no   VARCHAR(10) PRIMARY KEY,
  name       VARCHAR(100) NOT NULL,
  email      VARCHAR(100),
  boss_no    VARCHAR(10),
  department VARCHAR(20) NOT NULL,
  grade      VARCHAR(20),
  hired_on   DATE,
  retired_on DATE
) DEFAULT CHARSET = utf8mb4;
CREATE TABLE item (
  item_code       VARCHAR(20) PRIMARY KEY,
  name            VARCHAR(100) NOT NULL,
  category        VARCHAR(50),
  list_price      DECIMAL(12,0),
  discontinued_on DATE
) DEFAULT CHARSET = utf8mb4;
CREATE TABLE customer (
  customer_no   VARCHAR(10) PRIMARY KEY,
  name          VARBINARY(200) NOT NULL,
  staff_no      VARCHAR(10),
  trade         VARCHAR(50),
  territory     VARCHAR(50),
  registered_on DATE,
  deleted       TINYINT NOT NULL
) DEFAULT CHARSET = utf8mb4;
CREATE TABLE sales_order (
  order_no    BIGINT PRIMARY KEY,
  customer_no VARCHAR(10),
  staff_no    VARCHAR(10),
  ordered_at  DATETIME,
  booked_on   DATE,
  order_type  VARCHAR(10) NOT NULL,
  status      VARCHAR(10) NOT NULL
) DEFAULT CHARSET = utf8mb4;
CREATE TABLE sales_order_line (
  order_no      BIGINT NOT NULL,
  line_no       INT NOT NULL,
  item_code     VARCHAR(20),
  quantity      INT,
  unit_price    DECIMAL(12,0),
  supply_amount DECIMAL(14,0),
  vat_amount    DECIMAL(14,0),
  PRIMARY KEY (order_no, line_no)
) DEFAULT CHARSET = utf8mb4;
CREATE TABLE visit_log (
  visit_no    BIGINT PRIMARY KEY,
  staff_no    VARCHAR(10) NOT NULL,
  customer_no VARCHAR(10),
  prospect    VARCHAR(100),
  visited_on  DATE,
  kind        VARCHAR(20),
  state       VARCHAR(10) NOT NULL
) DEFAULT CHARSET = utf8mb4;
CREATE TABLE claim (
  claim_no    BIGINT PRIMARY KEY,
  customer_no VARCHAR(10) NOT NULL,
  received_on DATE,
  settled_on  DATE,
  about       VARCHAR(50)
) DEFAULT CHARSET = utf8mb4;
CREATE TABLE target (
  staff_no  VARCHAR(10) NOT NULL,
  figure    VARCHAR(20) NOT NULL,
  span      VARCHAR(10) NOT NULL,
  starts_on DATE NOT NULL,
  amount    DECIMAL(14,0) NOT NULL,
  PRIMARY KEY (staff_no, figure, span, starts_on)
) DEFAULT CHARSET = utf8mb4;
CREATE TABLE leave_day (
  staff_no VARCHAR(10) NOT NULL,
  day      DATE NOT NULL
) DEFAULT CHARSET = utf8mb4;
