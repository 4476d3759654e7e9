-- Instants are milliseconds since 1970 in UTC, 0 for none. claimed_by is null when free.

CREATE TABLE owner (
	id      TEXT PRIMARY KEY,
	host    TEXT NOT NULL,
	pid     INTEGER NOT NULL,
	started INTEGER NOT NULL,
	beat    INTEGER NOT NULL
);

CREATE TABLE period (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	account     TEXT NOT NULL,
	report      TEXT NOT NULL,
	from_at     INTEGER NOT NULL,
	to_at       INTEGER NOT NULL,
	name        TEXT NOT NULL,
	schedule    TEXT NOT NULL,
	config      TEXT NOT NULL,
	due_at      INTEGER NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('owed', 'made', 'failed', 'skipped', 'archived', 'cancelled')),
	attempts    INTEGER NOT NULL DEFAULT 0,
	crashes     INTEGER NOT NULL DEFAULT 0,
	next_try_at INTEGER NOT NULL DEFAULT 0,
	error       TEXT NOT NULL DEFAULT '',
	made_at     INTEGER NOT NULL DEFAULT 0,
	detailed    INTEGER NOT NULL DEFAULT 0, -- 1 while it has rows in the tables below
	number      INTEGER NOT NULL DEFAULT 0, -- of the report, from its first claim on
	basis       TEXT NOT NULL DEFAULT '',   -- what its totals were made of; periods of one basis compare
	claimed_by  TEXT REFERENCES owner (id),
	UNIQUE (account, report, from_at, to_at),
	CHECK (from_at < to_at),
	CHECK (claimed_by IS NULL OR state = 'owed'),
	CHECK (detailed = 0 OR state = 'made')
);
CREATE INDEX period_due      ON period (account, due_at DESC, report);
CREATE INDEX period_owed     ON period (account, due_at) WHERE state = 'owed';
CREATE INDEX period_detailed ON period (account, made_at) WHERE detailed = 1;
CREATE INDEX period_claimed  ON period (claimed_by) WHERE claimed_by IS NOT NULL;

CREATE TABLE frontier (
	account  TEXT NOT NULL,
	report   TEXT NOT NULL,
	schedule TEXT NOT NULL,
	to_at    INTEGER NOT NULL, -- of the newest period
	PRIMARY KEY (account, report, schedule)
);

-- The numbers of a report run on, whatever is forgotten.
CREATE TABLE series (
	account TEXT NOT NULL,
	report  TEXT NOT NULL,
	last    INTEGER NOT NULL,
	PRIMARY KEY (account, report)
);

CREATE TABLE artifact (
	period_id    INTEGER NOT NULL REFERENCES period (id),
	position     INTEGER NOT NULL,
	path         TEXT NOT NULL,
	content_type TEXT NOT NULL,
	sha256       TEXT NOT NULL,
	size         INTEGER NOT NULL,
	row_count    INTEGER NOT NULL,
	PRIMARY KEY (period_id, position)
);

CREATE TABLE total (
	period_id INTEGER NOT NULL REFERENCES period (id),
	position  INTEGER NOT NULL,
	dimension TEXT NOT NULL,
	name      TEXT NOT NULL,
	label     TEXT NOT NULL,
	currency  TEXT NOT NULL,
	measure   TEXT NOT NULL,
	number    INTEGER NOT NULL,
	amount    INTEGER NOT NULL, -- minor units
	PRIMARY KEY (period_id, position)
);

CREATE TABLE letter (
	period_id INTEGER PRIMARY KEY REFERENCES period (id),
	body      BLOB NOT NULL
);

-- What a later reading is compared with, to see what was not there when the period was made.
CREATE TABLE fingerprint (
	period_id INTEGER PRIMARY KEY REFERENCES period (id),
	marks     BLOB NOT NULL
);

CREATE TABLE delivery (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	period_id    INTEGER NOT NULL REFERENCES period (id),
	account      TEXT NOT NULL,
	recipient    TEXT NOT NULL,
	revision     INTEGER NOT NULL DEFAULT 0,
	state        TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'deferred', 'uncertain', 'held',
	                                            'sent', 'refused', 'expired', 'cancelled', 'closed')),
	attempts     INTEGER NOT NULL DEFAULT 0,
	uncertain    INTEGER NOT NULL DEFAULT 0,
	queued_at    INTEGER NOT NULL,
	first_try_at INTEGER NOT NULL DEFAULT 0,
	last_try_at  INTEGER NOT NULL DEFAULT 0,
	next_try_at  INTEGER NOT NULL DEFAULT 0,
	settled_at   INTEGER NOT NULL DEFAULT 0,
	message_id   TEXT NOT NULL,
	file         TEXT NOT NULL,
	sha256       TEXT NOT NULL,
	size         INTEGER NOT NULL,
	answer       TEXT NOT NULL DEFAULT '',
	begun        INTEGER NOT NULL DEFAULT 0,
	claimed_by   TEXT REFERENCES owner (id),
	UNIQUE (period_id, recipient),
	CHECK ((settled_at = 0) = (state IN ('queued', 'sending', 'deferred', 'uncertain', 'held'))),
	CHECK (state <> 'sending' OR (claimed_by IS NOT NULL AND begun = 1)),
	CHECK (claimed_by IS NULL OR state IN ('queued', 'sending', 'deferred', 'uncertain'))
);
CREATE INDEX delivery_state   ON delivery (account, state);
CREATE INDEX delivery_unsent  ON delivery (account, next_try_at) WHERE settled_at = 0;
CREATE INDEX delivery_claimed ON delivery (claimed_by) WHERE claimed_by IS NOT NULL;

CREATE TABLE attempt (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	delivery_id INTEGER NOT NULL REFERENCES delivery (id),
	revision    INTEGER NOT NULL,
	at          INTEGER NOT NULL,
	state       TEXT NOT NULL,
	answer      TEXT NOT NULL
);
CREATE INDEX attempt_delivery ON attempt (delivery_id);

CREATE TABLE alarm (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	account TEXT NOT NULL,
	kind    TEXT NOT NULL,
	subject TEXT NOT NULL,
	text    TEXT NOT NULL,
	raised  INTEGER NOT NULL,
	told    INTEGER NOT NULL DEFAULT 0,
	well    INTEGER NOT NULL DEFAULT 0,
	UNIQUE (account, kind, subject)
);

-- What only ever grows, whatever is forgotten.
CREATE TABLE tally (
	account   TEXT PRIMARY KEY,
	attempts  INTEGER NOT NULL,
	uncertain INTEGER NOT NULL
);

CREATE TABLE success (
	account TEXT NOT NULL,
	report  TEXT NOT NULL,
	due_at  INTEGER NOT NULL, -- of the period
	at      INTEGER NOT NULL,
	PRIMARY KEY (account, report)
);

-- One row. commits is raised by every transaction that writes.
CREATE TABLE pulse (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	commits INTEGER NOT NULL
);
INSERT INTO pulse (id, commits) VALUES (1, 0);

-- Which account a report's directory in an archive belongs to: two accounts may share an
-- archive, but not a report's place in it.
CREATE TABLE directory (
	path    TEXT PRIMARY KEY,
	account TEXT NOT NULL
);
