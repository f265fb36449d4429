-- What people answer to a case, and what was said of it when it was told last.
-- revision counts the writes of a case: what was read before somebody else's write
-- is not written over it.

ALTER TABLE cases ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN began TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN told_on TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN odds REAL NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN at_risk TEXT NOT NULL DEFAULT '0';
ALTER TABLE cases ADD COLUMN segment TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN sure INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN saved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN taker TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN until TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN reminded TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN answered_by TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN answered_on TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
UPDATE cases SET told_on = changed_on, sure = (state = 'confirmed_lost');
UPDATE cases SET began = 'customer_overdue'
  WHERE family = 'silence' AND id IN (SELECT case_id FROM case_changes WHERE reason = 'worsened');
UPDATE cases SET began = kind WHERE began = '';
-- A loss that was confirmed and then ended stays one: the data had decided.
UPDATE cases SET sure = 1 WHERE id IN (SELECT case_id FROM case_changes WHERE reason = 'confirmed_lost');

-- Every press, also those that were refused. id is that of the press: Slack may
-- deliver it again, and the second time changes nothing.

CREATE TABLE presses (
  id      TEXT PRIMARY KEY,
  at      TEXT NOT NULL,
  team    TEXT NOT NULL,
  user_id TEXT NOT NULL,
  channel TEXT NOT NULL,
  ts      TEXT NOT NULL,
  action  TEXT NOT NULL,
  value   TEXT NOT NULL,
  rep_id  TEXT NOT NULL,                  -- who that is among the reps, where known
  case_id TEXT NOT NULL,
  outcome TEXT NOT NULL                   -- done, or why it was refused
) STRICT, WITHOUT ROWID;
CREATE INDEX presses_at ON presses (at);

-- What was learned from answers: seasons of a customer, customers merged.

CREATE TABLE lessons (
  customer_id TEXT NOT NULL,
  kind        TEXT NOT NULL,              -- season | merged
  since       TEXT NOT NULL,              -- season: the first silent date
  merged_into TEXT NOT NULL,
  noted_by    TEXT NOT NULL,
  noted_on    TEXT NOT NULL,
  PRIMARY KEY (customer_id, kind, since)
) STRICT, WITHOUT ROWID;

-- The reps as the last run read them: who presses is asked when the database
-- may be down.

CREATE TABLE people (
  rep_id     TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  email      TEXT NOT NULL,
  manager_id TEXT NOT NULL,
  inactive   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_place ON deliveries (channel, ts) WHERE state = 'sent';
CREATE INDEX deliveries_target ON deliveries (json_extract(message, '$.target')) WHERE op = 'update';
