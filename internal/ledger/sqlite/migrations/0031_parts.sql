-- What the parts of a report that is split are called, for good: two values whose names are alike
-- must never change places. The reports of parts are <report>.<slug>.
CREATE TABLE part (
	account TEXT NOT NULL,
	report  TEXT NOT NULL, -- the whole
	slug    TEXT NOT NULL,
	value   TEXT NOT NULL, -- of what the report is split by
	PRIMARY KEY (account, report, slug),
	UNIQUE (account, report, value)
);
