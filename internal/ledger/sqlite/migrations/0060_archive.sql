-- What a made period was put into the archive as: its files and messages were in
-- <report>/<period>/.made/<attempt> before they were published. '' is one of before this version.
ALTER TABLE period ADD COLUMN attempt TEXT NOT NULL DEFAULT '';

-- Which archive a configuration of an account has: what is in the archive's marker.
CREATE TABLE archive_marker (
	account TEXT NOT NULL,
	config  TEXT NOT NULL,
	id      TEXT NOT NULL,
	PRIMARY KEY (account, config)
);
