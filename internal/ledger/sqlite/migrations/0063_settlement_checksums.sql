-- A checksum of what a report of settlements leaves and of each voucher, as of the rows of 0008: a
-- bit that turned over is noticed when the row is read. 0: there is none. Whose a row is, is not in
-- it, so that a report may be renamed.
ALTER TABLE settlement_record ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE voucher ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE settlement_record SET checksum = row_checksum(from_at, to_at, name, record);
UPDATE voucher SET checksum = row_checksum(settlement, currency, number);
