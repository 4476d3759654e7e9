-- row_sum: a sum of the rows that a closed period is known to have by now, form: how the CSV is
-- written that it is of; '': nobody has summed them yet. whole: of a part the period of the
-- report that it is a part of, with which it is read again; 0: it is no part.
ALTER TABLE closed_period ADD COLUMN form TEXT NOT NULL DEFAULT '';
ALTER TABLE closed_period ADD COLUMN row_sum TEXT NOT NULL DEFAULT '';
ALTER TABLE closed_period ADD COLUMN whole INTEGER NOT NULL DEFAULT 0;
DROP INDEX closed_period_checked;
CREATE INDEX closed_period_checked ON closed_period (account, whole, checked_at);
