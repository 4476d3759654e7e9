-- Periods whose reports can be held against what the source says later, and when that was done
-- last. zone: in which its times are written. suspect: something was seen that it did not have.
CREATE TABLE closed_period (
	period_id   INTEGER PRIMARY KEY REFERENCES period (id) ON DELETE CASCADE,
	account     TEXT NOT NULL,
	filter_hash TEXT NOT NULL,
	zone        TEXT NOT NULL,
	checked_at  INTEGER NOT NULL,
	suspect     INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX closed_period_checked ON closed_period (account, checked_at);

-- The CSV of a report that has none in the archive, gzip.
CREATE TABLE kept_rows (
	period_id INTEGER PRIMARY KEY REFERENCES period (id) ON DELETE CASCADE,
	body      BLOB NOT NULL
);

-- What was found to be different in a closed period: each is of the rows that the ones before
-- it left. number is that of the correction that recipients got, 0 where nobody got one.
CREATE TABLE correction (
	period_id INTEGER NOT NULL REFERENCES period (id) ON DELETE CASCADE,
	position  INTEGER NOT NULL,
	number    INTEGER NOT NULL,
	found_at  INTEGER NOT NULL,
	added     INTEGER NOT NULL,
	removed   INTEGER NOT NULL,
	back      INTEGER NOT NULL, -- 1: by it the period has the rows again that it had before
	state     TEXT NOT NULL,    -- a sum of the rows that it leaves
	changes   BLOB NOT NULL,    -- rows with Change as their last column, CSV, gzip
	totals    BLOB NOT NULL,    -- those that it leaves, JSON, gzip
	PRIMARY KEY (period_id, position)
);

-- What reading closed periods again has cost an account since a night began.
CREATE TABLE recheck_budget (
	account TEXT PRIMARY KEY,
	night   INTEGER NOT NULL,
	things  INTEGER NOT NULL
);
