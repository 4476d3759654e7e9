-- When what a hook did not hear is told again.
ALTER TABLE hook_delivery ADD COLUMN next_try_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX hook_delivery_queued ON hook_delivery (account, hook, next_try_at) WHERE state = 'queued';
