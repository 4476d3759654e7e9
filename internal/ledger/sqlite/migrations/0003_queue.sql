-- Each take of a row has a token of its own; null when free. A writer whose token is not there
-- any more has lost the row.
ALTER TABLE period   ADD COLUMN claim TEXT;
ALTER TABLE delivery ADD COLUMN claim TEXT;

-- The alarms of one mail are taken together. notifying is what the mail says of an alarm while
-- it is claimed: 1 that it was raised, 2 that it is resolved.
ALTER TABLE alarm ADD COLUMN claimed_by TEXT REFERENCES process (id);
ALTER TABLE alarm ADD COLUMN claim TEXT;
ALTER TABLE alarm ADD COLUMN notifying INTEGER NOT NULL DEFAULT 0;

-- Which configuration has a report, and with it all that is to be done for it.
ALTER TABLE planned_through ADD COLUMN config TEXT NOT NULL DEFAULT '';
UPDATE planned_through SET config = coalesce((SELECT p.config FROM period p
	WHERE p.account = planned_through.account AND p.report = planned_through.report ORDER BY p.from_at DESC, p.id DESC LIMIT 1), '');
UPDATE period SET config = t.config FROM planned_through t
	WHERE t.account = period.account AND t.report = period.report AND t.config <> period.config;
ALTER TABLE delivery ADD COLUMN config TEXT NOT NULL DEFAULT '';

-- The order in which messages are sent: that of their periods.
ALTER TABLE delivery ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN from_at INTEGER NOT NULL DEFAULT 0;
UPDATE delivery SET (config, due_at, from_at) = (SELECT p.config, p.due_at, p.from_at FROM period p WHERE p.id = delivery.period_id);

-- What is ready has next_try_at 0: what waits for its time is set to 0 when that has come.
DROP INDEX delivery_unsent;
CREATE INDEX delivery_unfinished ON delivery (account) WHERE finished_at = 0;
CREATE INDEX delivery_ready   ON delivery (account, config, due_at, from_at, id)
	WHERE claimed_by IS NULL AND state IN ('queued', 'deferred', 'uncertain') AND next_try_at = 0;
CREATE INDEX delivery_waiting ON delivery (account, config, next_try_at)
	WHERE claimed_by IS NULL AND state IN ('queued', 'deferred', 'uncertain') AND next_try_at > 0;
CREATE INDEX period_ready     ON period (account, config, due_at, from_at, report, id)
	WHERE claimed_by IS NULL AND state = 'owed' AND next_try_at = 0;
CREATE INDEX period_waiting   ON period (account, config, next_try_at)
	WHERE claimed_by IS NULL AND state = 'owed' AND next_try_at > 0;
CREATE INDEX period_under_way ON period (account, report) WHERE claimed_by IS NOT NULL;

-- 1 while messages of the period may lie on the disk.
ALTER TABLE period ADD COLUMN to_sweep INTEGER NOT NULL DEFAULT 0;
UPDATE period SET to_sweep = 1 WHERE detailed = 1;
CREATE INDEX period_to_sweep ON period (account, config) WHERE to_sweep = 1;
