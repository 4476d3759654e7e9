-- The words of the trade. No row changes.

ALTER TABLE owner RENAME TO process;
ALTER TABLE process RENAME COLUMN started TO started_at;
ALTER TABLE process RENAME COLUMN beat TO heartbeat_at;

ALTER TABLE frontier RENAME TO planned_through;
ALTER TABLE series RENAME TO report_number;
ALTER TABLE success RENAME TO last_success;
ALTER TABLE tally RENAME TO delivery_counter;
ALTER TABLE pulse RENAME TO commit_count;
ALTER TABLE directory RENAME TO archive_directory;

ALTER TABLE letter RENAME TO message_content;
ALTER TABLE fingerprint RENAME COLUMN marks TO fingerprints;
ALTER TABLE period RENAME COLUMN basis TO filter_hash; -- of what its totals are cut to; those of one hash compare
ALTER TABLE delivery RENAME COLUMN settled_at TO finished_at;

ALTER TABLE alarm RENAME COLUMN raised TO raised_at;
ALTER TABLE alarm RENAME COLUMN told TO notified_at;
ALTER TABLE alarm RENAME COLUMN well TO resolved_at;
