-- Of which machine a process is, and how far its clock is ahead of the database's.
ALTER TABLE process ADD COLUMN machine     TEXT NOT NULL DEFAULT '';
ALTER TABLE process ADD COLUMN clock_ahead INTEGER NOT NULL DEFAULT 0; -- milliseconds

-- The claim under which a message was handed over last: whoever lost it may still hear the answer.
ALTER TABLE delivery ADD COLUMN sending_claim TEXT NOT NULL DEFAULT '';

-- Which reports left a configuration lately, and when: one id a line, a tab and the instant.
ALTER TABLE report_note ADD COLUMN dropped TEXT NOT NULL DEFAULT '';
