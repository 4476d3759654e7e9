-- Reports that were made over HTTP, and what generate-report promised once. body is the report
-- configuration as it was given, JSON; sameness is what two reports may not have in common.
CREATE TABLE api_report (
	account    TEXT NOT NULL,
	id         TEXT NOT NULL, -- of the report everywhere
	config     TEXT NOT NULL, -- the configuration whose report it is
	kind       TEXT NOT NULL CHECK (kind IN ('scheduled', 'generated')),
	body       TEXT NOT NULL,
	sameness   TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	created_by TEXT NOT NULL,
	deleted_at INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (account, id)
);
CREATE UNIQUE INDEX api_report_same ON api_report (account, sameness) WHERE kind = 'scheduled' AND deleted_at = 0;
CREATE INDEX api_report_listed ON api_report (account, config, created_at, id) WHERE deleted_at = 0;

-- Rises with each change of an account's reports.
CREATE TABLE api_report_revision (
	account  TEXT PRIMARY KEY,
	revision INTEGER NOT NULL
);

-- When a report of a configuration file was first seen.
CREATE TABLE file_report (
	account       TEXT NOT NULL,
	report        TEXT NOT NULL,
	first_seen_at INTEGER NOT NULL,
	PRIMARY KEY (account, report)
);

-- What the report of a made period was then, JSON.
CREATE TABLE made_report (
	period_id INTEGER PRIMARY KEY REFERENCES period (id),
	facts     TEXT NOT NULL
);
CREATE INDEX period_made ON period (account, made_at DESC, id DESC) WHERE detailed = 1;

-- Who did what, when, from where. No row ever changes.
CREATE TABLE audit (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	at           INTEGER NOT NULL,
	account      TEXT NOT NULL,
	actor        TEXT NOT NULL,
	via          TEXT NOT NULL CHECK (via IN ('page', 'api', 'shell', 'file')),
	address      TEXT NOT NULL,
	action       TEXT NOT NULL,
	object       TEXT NOT NULL,
	state_before TEXT NOT NULL,
	state_after  TEXT NOT NULL
);
CREATE INDEX audit_account ON audit (account, id DESC);

-- Keys that sign: access tokens, links to files. They are made at the first start.
CREATE TABLE signing_key (
	purpose    TEXT PRIMARY KEY,
	secret     BLOB NOT NULL,
	created_at INTEGER NOT NULL
);

-- People who are signed in. id is the SHA-256 of what their browser holds; proof is of what they
-- proved themselves by, so that its change ends the session.
CREATE TABLE session (
	id           TEXT PRIMARY KEY,
	name         TEXT NOT NULL,
	proof        TEXT NOT NULL,
	how          TEXT NOT NULL CHECK (how IN ('link', 'password', 'oidc')),
	account      TEXT NOT NULL, -- of a link: the one that it opens
	created_at   INTEGER NOT NULL,
	seen_at      INTEGER NOT NULL,
	address      TEXT NOT NULL,
	agent        TEXT NOT NULL,
	settings     TEXT NOT NULL DEFAULT ''
);

-- One-time links from the shell. id is the SHA-256 of what the link holds.
CREATE TABLE sign_in_link (
	id         TEXT PRIMARY KEY,
	account    TEXT NOT NULL,
	role       TEXT NOT NULL,
	made_by    TEXT NOT NULL,
	expires_at INTEGER NOT NULL
);

-- Successful events of an account by UTC day, counted as Dintero's key figures do. day is its midnight.
CREATE TABLE kpi_day (
	account      TEXT NOT NULL,
	day          INTEGER NOT NULL,
	event        TEXT NOT NULL,
	product_type TEXT NOT NULL,
	currency     TEXT NOT NULL,
	count        INTEGER NOT NULL,
	sum          INTEGER NOT NULL, -- minor units
	read_at      INTEGER NOT NULL,
	PRIMARY KEY (account, event, day, product_type, currency)
);

-- All days from from_day on were read, the last time at read_at.
CREATE TABLE kpi_coverage (
	account  TEXT PRIMARY KEY,
	from_day INTEGER NOT NULL,
	read_at  INTEGER NOT NULL
);

-- What a hook is told of: one row per event and hook. hook names it without its address.
CREATE TABLE hook_delivery (
	id         TEXT PRIMARY KEY, -- a UUID, event_delivery of what is posted
	account    TEXT NOT NULL,
	hook       TEXT NOT NULL,
	event      TEXT NOT NULL,
	subject    TEXT NOT NULL, -- of report_add and report_failed the period, of delivery_failed the delivery with its revision
	queued_at  INTEGER NOT NULL,
	attempts   INTEGER NOT NULL DEFAULT 0,
	tried_at   INTEGER NOT NULL DEFAULT 0,
	ended_at   INTEGER NOT NULL DEFAULT 0,
	state      TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'heard', 'given_up')),
	answer     TEXT NOT NULL DEFAULT '',
	UNIQUE (account, hook, event, subject)
);
CREATE INDEX hook_delivery_newest ON hook_delivery (account, queued_at DESC);

-- What one process at a time does for an account.
CREATE TABLE duty (
	account  TEXT NOT NULL,
	what     TEXT NOT NULL,
	holder   TEXT NOT NULL,
	until_at INTEGER NOT NULL,
	PRIMARY KEY (account, what)
);

-- Certificates that were fetched.
CREATE TABLE certificate_cache (
	name TEXT PRIMARY KEY,
	data BLOB NOT NULL
);
