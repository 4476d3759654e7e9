-- A period over which processes died is left alone for a while, by the machine's own clock.
ALTER TABLE period ADD COLUMN claimed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE period ADD COLUMN suspect_until INTEGER NOT NULL DEFAULT 0;

-- A made period is made again when it was made before its end by a clock that was wrong, or
-- when its files were lost before all messages left: edition counts that, remake says why.
ALTER TABLE period ADD COLUMN edition INTEGER NOT NULL DEFAULT 0;
ALTER TABLE period ADD COLUMN remake TEXT NOT NULL DEFAULT '';
ALTER TABLE artifact ADD COLUMN edition INTEGER NOT NULL DEFAULT 0;

-- What an alarm says is put into words when it is told: args, a JSON array, fill the sentence
-- of its kind. One that stays open is told again at remind_at. undelivered: somebody tried to
-- tell it and could not.
ALTER TABLE alarm ADD COLUMN args TEXT NOT NULL DEFAULT '';
ALTER TABLE alarm ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alarm ADD COLUMN remind_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alarm ADD COLUMN undelivered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alarm ADD COLUMN muted_until INTEGER NOT NULL DEFAULT 0;
-- What was posted to a URL of it: 0 nothing, 1 that it is open, 2 that it is resolved.
ALTER TABLE alarm ADD COLUMN posted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alarm ADD COLUMN posted_at INTEGER NOT NULL DEFAULT 0;
UPDATE alarm SET remind_at = notified_at + 86400000 WHERE notified_at > 0 AND resolved_at = 0 AND kind <> 'changed';

-- Signals to others over HTTP: pings of a watch, alarms by another road than the relay. Where
-- they go stands in the configuration, as an address may hold a secret.
CREATE TABLE notification (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	account     TEXT NOT NULL,
	config      TEXT NOT NULL,
	kind        TEXT NOT NULL,
	target      TEXT NOT NULL,           -- of a ping the report's id
	body        TEXT NOT NULL,           -- of a ping the signal
	queued_at   INTEGER NOT NULL,
	attempts    INTEGER NOT NULL DEFAULT 0,
	next_try_at INTEGER NOT NULL DEFAULT 0,
	answer      TEXT NOT NULL DEFAULT '',
	claimed_by  TEXT REFERENCES process (id),
	claim       TEXT
);
CREATE INDEX notification_ready   ON notification (account, config, next_try_at, id) WHERE claimed_by IS NULL;
CREATE INDEX notification_claimed ON notification (claimed_by) WHERE claimed_by IS NOT NULL;

-- What a process learned and the next one must not learn anew at a price.
CREATE TABLE remembered (
	account TEXT NOT NULL,
	topic   TEXT NOT NULL,
	key     TEXT NOT NULL,
	at      INTEGER NOT NULL,
	PRIMARY KEY (account, topic, key)
);
