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

-- A checksum of what a row says: a bit that turned over on the disk is noticed when the row is
-- read, or changed. 0: there is none. A row is summed by whoever writes it, and by
-- triggers when it changes. Left out is what hands the row out: claims, the next try, crashes.
ALTER TABLE artifact ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE total ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message_content ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE fingerprint ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE artifact SET checksum = row_checksum(period_id, path, content_type, sha256, size, row_count);
UPDATE total SET checksum = row_checksum(period_id, position, dimension, name, label, currency, measure, number, amount);
UPDATE message_content SET checksum = row_checksum(period_id, body);
UPDATE fingerprint SET checksum = row_checksum(period_id, fingerprints);
UPDATE attempt SET checksum = row_checksum(delivery_id, revision, at, state, answer);

ALTER TABLE period ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE period SET checksum = row_checksum(account, report, from_at, to_at, name, schedule, config, due_at, state, attempts, first_try_at, error, made_at, number, filter_hash, detailed, edition, remake, in_doubt, archived_under);
CREATE TRIGGER period_updated AFTER UPDATE OF account, report, from_at, to_at, name, schedule, config, due_at, state, attempts, first_try_at, error, made_at, number, filter_hash, detailed, edition, remake, in_doubt, archived_under ON period BEGIN
	SELECT RAISE(ABORT, 'a row of period is not what was written') WHERE OLD.checksum <> 0 AND OLD.checksum <> row_checksum(OLD.account, OLD.report, OLD.from_at, OLD.to_at, OLD.name, OLD.schedule, OLD.config, OLD.due_at, OLD.state, OLD.attempts, OLD.first_try_at, OLD.error, OLD.made_at, OLD.number, OLD.filter_hash, OLD.detailed, OLD.edition, OLD.remake, OLD.in_doubt, OLD.archived_under);
	UPDATE period SET checksum = row_checksum(NEW.account, NEW.report, NEW.from_at, NEW.to_at, NEW.name, NEW.schedule, NEW.config, NEW.due_at, NEW.state, NEW.attempts, NEW.first_try_at, NEW.error, NEW.made_at, NEW.number, NEW.filter_hash, NEW.detailed, NEW.edition, NEW.remake, NEW.in_doubt, NEW.archived_under) WHERE id = NEW.id;
END;

ALTER TABLE delivery ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE delivery SET checksum = row_checksum(period_id, account, config, due_at, from_at, recipient, revision, state, attempts, uncertain, queued_at, first_try_at, last_try_at, finished_at, message_id, file, sha256, size, answer, begun, in_doubt, mark);
CREATE TRIGGER delivery_updated AFTER UPDATE OF period_id, account, config, due_at, from_at, recipient, revision, state, attempts, uncertain, queued_at, first_try_at, last_try_at, finished_at, message_id, file, sha256, size, answer, begun, in_doubt, mark ON delivery BEGIN
	SELECT RAISE(ABORT, 'a row of delivery is not what was written') WHERE OLD.checksum <> 0 AND OLD.checksum <> row_checksum(OLD.period_id, OLD.account, OLD.config, OLD.due_at, OLD.from_at, OLD.recipient, OLD.revision, OLD.state, OLD.attempts, OLD.uncertain, OLD.queued_at, OLD.first_try_at, OLD.last_try_at, OLD.finished_at, OLD.message_id, OLD.file, OLD.sha256, OLD.size, OLD.answer, OLD.begun, OLD.in_doubt, OLD.mark);
	UPDATE delivery SET checksum = row_checksum(NEW.period_id, NEW.account, NEW.config, NEW.due_at, NEW.from_at, NEW.recipient, NEW.revision, NEW.state, NEW.attempts, NEW.uncertain, NEW.queued_at, NEW.first_try_at, NEW.last_try_at, NEW.finished_at, NEW.message_id, NEW.file, NEW.sha256, NEW.size, NEW.answer, NEW.begun, NEW.in_doubt, NEW.mark) WHERE id = NEW.id;
END;

ALTER TABLE alarm ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE alarm SET checksum = row_checksum(id, account, kind, subject, text, args, raised_at, notified_at, resolved_at, muted_until, reminders);
CREATE TRIGGER alarm_inserted AFTER INSERT ON alarm BEGIN
	UPDATE alarm SET checksum = row_checksum(NEW.id, NEW.account, NEW.kind, NEW.subject, NEW.text, NEW.args, NEW.raised_at, NEW.notified_at, NEW.resolved_at, NEW.muted_until, NEW.reminders) WHERE id = NEW.id;
END;
CREATE TRIGGER alarm_updated AFTER UPDATE OF account, kind, subject, text, args, raised_at, notified_at, resolved_at, muted_until, reminders ON alarm BEGIN
	SELECT RAISE(ABORT, 'a row of alarm is not what was written') WHERE OLD.checksum <> 0 AND OLD.checksum <> row_checksum(OLD.id, OLD.account, OLD.kind, OLD.subject, OLD.text, OLD.args, OLD.raised_at, OLD.notified_at, OLD.resolved_at, OLD.muted_until, OLD.reminders);
	UPDATE alarm SET checksum = row_checksum(NEW.id, NEW.account, NEW.kind, NEW.subject, NEW.text, NEW.args, NEW.raised_at, NEW.notified_at, NEW.resolved_at, NEW.muted_until, NEW.reminders) WHERE id = NEW.id;
END;

ALTER TABLE planned_through ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE planned_through SET checksum = row_checksum(account, report, schedule, config, to_at);
CREATE TRIGGER planned_through_updated AFTER UPDATE OF account, report, schedule, config ON planned_through BEGIN
	SELECT RAISE(ABORT, 'a row of planned_through is not what was written') WHERE OLD.checksum <> 0 AND OLD.checksum <> row_checksum(OLD.account, OLD.report, OLD.schedule, OLD.config, OLD.to_at);
	UPDATE planned_through SET checksum = row_checksum(NEW.account, NEW.report, NEW.schedule, NEW.config, NEW.to_at) WHERE rowid = NEW.rowid;
END;

ALTER TABLE report_number ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE report_number SET checksum = row_checksum(account, report, last);
CREATE TRIGGER report_number_inserted AFTER INSERT ON report_number BEGIN
	UPDATE report_number SET checksum = row_checksum(NEW.account, NEW.report, NEW.last) WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER report_number_updated AFTER UPDATE OF account, report, last ON report_number BEGIN
	SELECT RAISE(ABORT, 'a row of report_number is not what was written') WHERE OLD.checksum <> 0 AND OLD.checksum <> row_checksum(OLD.account, OLD.report, OLD.last);
	UPDATE report_number SET checksum = row_checksum(NEW.account, NEW.report, NEW.last) WHERE rowid = NEW.rowid;
END;
