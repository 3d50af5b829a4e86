-- The number under which each part came: what was told in a letter of the day and only lost a part is not told again.
ALTER TABLE notification_source ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
UPDATE notification_source SET seq = (SELECT n.seq FROM notification n WHERE n.id = notification_source.notification_id);
