-- Since when a period is tried and not made: how long it has waited by somebody's fault.
ALTER TABLE period ADD COLUMN first_try_at INTEGER NOT NULL DEFAULT 0;
