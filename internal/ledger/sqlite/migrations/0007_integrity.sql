-- A ledger that was put back from a backup does not know what happened since. in_doubt: it may
-- have been made, or sent, in what is lost. mark: what sets the Message-IDs of what is made
-- after a restore apart from those before.
CREATE TABLE restored (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	commits  INTEGER NOT NULL,           -- of the ledger that was put back
	at       INTEGER NOT NULL,           -- by the machine's own clock
	since_at INTEGER NOT NULL,           -- when the last happened that it knows
	until_at INTEGER NOT NULL DEFAULT 0, -- what fell due until then is in doubt; 0: nobody has looked
	mark     TEXT NOT NULL
);
ALTER TABLE period   ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN mark TEXT NOT NULL DEFAULT '';
