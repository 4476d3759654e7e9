-- A report goes on under another id. Its files stay where they are: archived_under is the id in
-- whose directory those of a period are, '' for that of its report.
ALTER TABLE period ADD COLUMN archived_under TEXT NOT NULL DEFAULT '';

-- The ids that reports had, so that nobody begins one of them anew by mistake.
CREATE TABLE former_report_id (
	account TEXT NOT NULL,
	former  TEXT NOT NULL,
	report  TEXT NOT NULL, -- as it is called now
	PRIMARY KEY (account, former)
);
