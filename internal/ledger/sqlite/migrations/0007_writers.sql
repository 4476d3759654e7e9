-- Who writes from its own machine counts what it writes by itself: a row that all of them change
-- would put them in one line. In a file, which has one writer at a time, that is ''.
CREATE TABLE counted (
	writer  TEXT PRIMARY KEY,
	commits INTEGER NOT NULL
);
INSERT INTO counted (writer, commits) SELECT '', commits FROM commit_count;
DROP TABLE commit_count;
ALTER TABLE counted RENAME TO commit_count;

CREATE TABLE counted (
	account   TEXT NOT NULL,
	writer    TEXT NOT NULL,
	attempts  INTEGER NOT NULL,
	uncertain INTEGER NOT NULL,
	PRIMARY KEY (account, writer)
);
INSERT INTO counted (account, writer, attempts, uncertain) SELECT account, '', attempts, uncertain FROM delivery_counter;
DROP TABLE delivery_counter;
ALTER TABLE counted RENAME TO delivery_counter;

-- Which reports the configurations of each machine have, where several share the ledger: what no
-- file of one machine has may well be another's.
CREATE TABLE report_note (
	machine  TEXT NOT NULL,
	account  TEXT NOT NULL,
	config   TEXT NOT NULL,
	reports  TEXT NOT NULL, -- ids, sorted, one on a line
	noted_at INTEGER NOT NULL,
	PRIMARY KEY (machine, account, config)
);
