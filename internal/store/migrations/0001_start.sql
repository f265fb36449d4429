-- What Dangol remembers: what it said (cases), what it still has to say
-- (deliveries), when it looked (runs) and where Slack keeps whom (addresses).
-- Dates are local civil dates YYYY-MM-DD; instants are RFC 3339 in UTC.

CREATE TABLE runs (
  id           TEXT PRIMARY KEY,
  job          TEXT NOT NULL,
  as_of        TEXT NOT NULL,
  committed_at TEXT NOT NULL,
  outcome      TEXT NOT NULL,             -- judged | stale
  data_through TEXT NOT NULL,
  findings     INTEGER NOT NULL,
  messages     INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_job ON runs (job, outcome);

CREATE TABLE cases (
  id          TEXT PRIMARY KEY,
  family      TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  rep_id      TEXT NOT NULL,
  kind        TEXT NOT NULL,
  state       TEXT NOT NULL,
  opened_on   TEXT NOT NULL,
  changed_on  TEXT NOT NULL,
  last_order  TEXT NOT NULL,
  told        TEXT NOT NULL,
  parent      TEXT NOT NULL,
  in_channel  INTEGER NOT NULL,
  line        TEXT NOT NULL
) STRICT;
CREATE INDEX cases_customer ON cases (family, customer_id);

CREATE TABLE case_changes (
  case_id TEXT NOT NULL REFERENCES cases (id),
  run_id  TEXT NOT NULL REFERENCES runs (id),
  as_of   TEXT NOT NULL,
  reason  TEXT NOT NULL
) STRICT;
CREATE INDEX case_changes_case ON case_changes (case_id);

CREATE TABLE deliveries (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  id          TEXT NOT NULL UNIQUE,
  run_id      TEXT NOT NULL REFERENCES runs (id),
  case_id     TEXT NOT NULL,
  as_of       TEXT NOT NULL,
  destination TEXT NOT NULL,              -- for counting against the daily cap
  op          TEXT NOT NULL,
  message     TEXT NOT NULL,              -- the message as JSON, worded once
  state       TEXT NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  first_sent  TEXT NOT NULL DEFAULT '',
  last_sent   TEXT NOT NULL DEFAULT '',
  next_at     TEXT NOT NULL DEFAULT '',
  last_error  TEXT NOT NULL DEFAULT '',
  channel     TEXT NOT NULL DEFAULT '',
  ts          TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX deliveries_undelivered ON deliveries (seq) WHERE state NOT IN ('sent', 'dead');
CREATE INDEX deliveries_day ON deliveries (as_of, destination);

CREATE TABLE addresses (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
