-- Runs that were due: one row for each job and wall-clock time, so that none
-- happens twice. nominal is the company's local time YYYY-MM-DDTHH:MM.

CREATE TABLE claims (
  job        TEXT NOT NULL,
  nominal    TEXT NOT NULL,
  state      TEXT NOT NULL,               -- begin | claimed | done | failed | missed
  owner      TEXT NOT NULL DEFAULT '',
  claimed_at TEXT NOT NULL DEFAULT '',
  deadline   TEXT NOT NULL DEFAULT '',
  attempts   INTEGER NOT NULL DEFAULT 0,
  settled_at TEXT NOT NULL DEFAULT '',
  told       INTEGER NOT NULL DEFAULT 0,  -- ops was told that it does not work
  reason     TEXT NOT NULL DEFAULT '',    -- why it failed
  PRIMARY KEY (job, nominal)
) STRICT, WITHOUT ROWID;

-- The schedules that claims were made by: a new one is no reason to call its
-- earlier times missed.

CREATE TABLE schedules (
  job  TEXT PRIMARY KEY,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
