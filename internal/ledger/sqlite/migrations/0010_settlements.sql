-- What a report of settlements leaves for the next: what it has told of and counted. It is needed
-- for longer than the details of its period are kept.
CREATE TABLE settlement_record (
	account TEXT NOT NULL,
	report  TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	to_at   INTEGER NOT NULL,
	name    TEXT NOT NULL, -- of the period
	record  BLOB NOT NULL,
	PRIMARY KEY (account, report, from_at, to_at)
);

-- A settlement is booked once, by whatever report, and whatever is forgotten.
CREATE TABLE voucher (
	account    TEXT NOT NULL,
	settlement TEXT NOT NULL,
	currency   TEXT NOT NULL,
	report     TEXT NOT NULL,
	number     INTEGER NOT NULL, -- runs on per report
	made_at    INTEGER NOT NULL,
	PRIMARY KEY (account, settlement, currency),
	UNIQUE (account, report, number)
);
