-- How often a person has changed what they choose: a form that was opened before does not undo what came after.
ALTER TABLE notification_schedule ADD COLUMN rev BIGINT NOT NULL DEFAULT 0;
