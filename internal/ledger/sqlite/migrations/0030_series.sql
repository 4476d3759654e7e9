-- The digest of each report that was made, chained to the one before it in its series; what it is
-- of says the package series. No digest ever changes. number is text: a correction's is "7-1".
CREATE TABLE report_digest (
	account       TEXT NOT NULL,
	series        TEXT NOT NULL,    -- the id that the report has now
	position      INTEGER NOT NULL, -- in the series, in the order in which its reports were made
	period_id     INTEGER NOT NULL, -- which may be forgotten before
	edition       INTEGER NOT NULL,
	report        TEXT NOT NULL,    -- the id that it had when it was made
	number        TEXT NOT NULL,
	from_at       INTEGER NOT NULL,
	to_at         INTEGER NOT NULL,
	dir           TEXT NOT NULL,    -- of its files in the archive
	files         TEXT NOT NULL,    -- JSON: name and SHA-256 of each
	previous      TEXT NOT NULL,
	digest        TEXT NOT NULL,    -- '' until the program has computed it, of those from before this version
	reconstructed INTEGER NOT NULL, -- 1: made before this version, and given its digest later
	state         INTEGER NOT NULL, -- 0 kept, 1 being removed by retention, 2 removed, 3 its period is forgotten too
	checksum      INTEGER NOT NULL,
	PRIMARY KEY (account, series, position)
);
CREATE INDEX report_digest_period ON report_digest (period_id, edition);
CREATE INDEX report_digest_dir    ON report_digest (account, dir, series, position);
CREATE INDEX report_digest_time   ON report_digest (account, series, from_at, to_at, position);
CREATE INDEX report_digest_open   ON report_digest (account, series) WHERE digest = '';
CREATE INDEX report_digest_gone   ON report_digest (account, series) WHERE state = 3;

-- Where a series begins, as far as retention has left it, and its newest.
CREATE TABLE report_series (
	account      TEXT NOT NULL,
	series       TEXT NOT NULL,
	taken        INTEGER NOT NULL, -- how many retention took from its beginning
	taken_digest TEXT NOT NULL,    -- of the last of them
	last         INTEGER NOT NULL,
	last_digest  TEXT NOT NULL,
	checksum     INTEGER NOT NULL,
	PRIMARY KEY (account, series)
);

-- What older versions made: each edition that left files, and those of which nothing is left.
INSERT INTO report_digest (account, series, position, period_id, edition, report, number, from_at, to_at, dir, files, previous, digest, reconstructed, state, checksum)
SELECT p.account, p.report, row_number() OVER (PARTITION BY p.account, p.report ORDER BY p.from_at, p.to_at, p.id, e.edition), p.id, e.edition, p.report,
	CASE WHEN p.number = 0 THEN '' WHEN e.edition = 0 THEN p.number || '' ELSE p.number || '-' || e.edition END, p.from_at, p.to_at,
	CASE p.archived_under WHEN '' THEN p.report ELSE p.archived_under END || '/' || p.name, '[]', '', '', 1, CASE WHEN p.state = 'made' AND p.detailed = 0 THEN 2 ELSE 0 END, 0
FROM period p JOIN (SELECT period_id, edition FROM artifact UNION SELECT id, edition FROM period WHERE state = 'made') e ON e.period_id = p.id;

-- Each message as it was frozen: with references to parts,
-- which others share, and to the report's files.
CREATE TABLE message_copy (
	delivery_id INTEGER NOT NULL REFERENCES delivery (id),
	revision    INTEGER NOT NULL,
	period_id   INTEGER NOT NULL REFERENCES period (id),
	name        TEXT NOT NULL,
	message_id  TEXT NOT NULL,
	sha256      TEXT NOT NULL,
	body        BLOB NOT NULL, -- what is this recipient's own
	PRIMARY KEY (delivery_id, revision)
);
CREATE INDEX message_copy_period ON message_copy (period_id);
CREATE TABLE message_part (
	period_id INTEGER NOT NULL REFERENCES period (id),
	sha256    TEXT NOT NULL,
	body      BLOB NOT NULL,
	PRIMARY KEY (period_id, sha256)
);

-- What a report was made by and of, JSON: program, entry of the configuration, reconciliation.
CREATE TABLE report_origin (
	period_id INTEGER NOT NULL REFERENCES period (id),
	edition   INTEGER NOT NULL,
	origin    TEXT NOT NULL,
	PRIMARY KEY (period_id, edition)
);
