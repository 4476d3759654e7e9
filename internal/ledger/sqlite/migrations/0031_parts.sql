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

-- What is under way is few among all that was ever sent: each claim looks whether an older message
-- to the same recipient is.
CREATE INDEX delivery_under_way ON delivery (account, from_at) WHERE claimed_by IS NOT NULL;
