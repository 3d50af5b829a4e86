-- When a letter about it was asked for, and when that was written: of a burst there is one.
ALTER TABLE notification ADD COLUMN mail_asked_at BIGINT;
ALTER TABLE notification ADD COLUMN mailed_at BIGINT;
