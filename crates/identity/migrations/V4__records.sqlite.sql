-- Views for people with SQL. Their days, hours and times are those of UTC, in ISO 8601; ids are shown as text.

CREATE VIEW v_user_masked AS
SELECT lower(printf('%s-%s-%s-%s-%s', substr(hex(a.id), 1, 8), substr(hex(a.id), 9, 4), substr(hex(a.id), 13, 4),
        substr(hex(a.id), 17, 4), substr(hex(a.id), 21))) AS id,
    a.username, a.phone_masked AS phone_number,
    CASE WHEN EXISTS (SELECT 1 FROM account_ci c WHERE c.account_id = a.id) THEN '********' END AS ci,
    CASE WHEN EXISTS (SELECT 1 FROM provider_subject s WHERE s.account_id = a.id) THEN '********' END AS di,
    strftime('%Y-%m-%dT%H:%M:%fZ', a.created_at / 1000000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', a.last_login_at / 1000000.0, 'unixepoch') AS last_login,
    a.status = 'active' AS is_active
FROM account a;

CREATE VIEW v_auth_statistics AS
SELECT date(d.day * 86400, 'unixepoch') AS date, d.total_requests, d.completed, d.failed, d.expired, d.pending,
    ROUND(100.0 * d.completed / d.total_requests, 2) AS success_rate,
    ROUND(d.processing_seconds, 3) AS avg_processing_seconds
FROM (
    SELECT created_at / 86400000000 AS day, COUNT(*) AS total_requests,
        COUNT(*) FILTER (WHERE status = 'COMPLETED') AS completed,
        COUNT(*) FILTER (WHERE status = 'FAILED') AS failed,
        COUNT(*) FILTER (WHERE status = 'EXPIRED') AS expired,
        COUNT(*) FILTER (WHERE status = 'PENDING') AS pending,
        AVG((ended_at - created_at) / 1000000.0) FILTER (WHERE status = 'COMPLETED') AS processing_seconds
    FROM auth_transaction GROUP BY created_at / 86400000000) d;

CREATE VIEW v_audit_summary AS
SELECT date(d.day * 86400, 'unixepoch') AS date, d.action, d.total, d.people,
    strftime('%Y-%m-%dT%H:%M:%fZ', d.first_at / 1000000.0, 'unixepoch') AS first_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', d.last_at / 1000000.0, 'unixepoch') AS last_at
FROM (
    SELECT at / 86400000000 AS day, action, COUNT(*) AS total, COUNT(DISTINCT subject_id) AS people,
        MIN(at) AS first_at, MAX(at) AS last_at
    FROM audit_log GROUP BY at / 86400000000, action) d;

CREATE VIEW v_service_success_rate AS
SELECT lower(printf('%s-%s-%s-%s-%s', substr(hex(p.id), 1, 8), substr(hex(p.id), 9, 4), substr(hex(p.id), 13, 4),
        substr(hex(p.id), 17, 4), substr(hex(p.id), 21))) AS service_id,
    p.client_id, p.name AS service_name,
    COUNT(t.id) AS total_requests, COUNT(*) FILTER (WHERE t.status = 'COMPLETED') AS completed,
    COUNT(*) FILTER (WHERE t.status = 'FAILED') AS failed, COUNT(*) FILTER (WHERE t.status = 'EXPIRED') AS expired,
    CASE WHEN COUNT(t.id) = 0 THEN 0.0 ELSE ROUND(
        100.0 * COUNT(*) FILTER (WHERE t.status = 'COMPLETED') / COUNT(t.id), 2) END AS success_rate
FROM service_provider p LEFT JOIN auth_transaction t ON t.provider_id = p.id
GROUP BY p.id, p.client_id, p.name;

-- People with three failures or more in seven days.
CREATE VIEW v_suspicious_users AS
SELECT lower(printf('%s-%s-%s-%s-%s', substr(hex(a.id), 1, 8), substr(hex(a.id), 9, 4), substr(hex(a.id), 13, 4),
        substr(hex(a.id), 17, 4), substr(hex(a.id), 21))) AS id,
    a.username, a.phone_masked AS phone_number, COUNT(*) AS failures,
    strftime('%Y-%m-%dT%H:%M:%fZ', MAX(t.ended_at) / 1000000.0, 'unixepoch') AS last_failure_at
FROM auth_transaction t JOIN account a ON a.id = t.account_id
WHERE t.status = 'FAILED' AND t.created_at >= CAST(strftime('%s', 'now', '-7 days') AS INTEGER) * 1000000
GROUP BY a.id, a.username, a.phone_masked HAVING COUNT(*) >= 3;

-- The last 24 hours, hour by hour.
CREATE VIEW v_hourly_requests AS
SELECT date(h.hour * 3600, 'unixepoch') AS date, h.hour % 24 AS hour, h.total_requests, h.completed,
    ROUND(100.0 * h.completed / h.total_requests, 2) AS success_rate
FROM (
    SELECT created_at / 3600000000 AS hour, COUNT(*) AS total_requests,
        COUNT(*) FILTER (WHERE status = 'COMPLETED') AS completed
    FROM auth_transaction WHERE created_at >= CAST(strftime('%s', 'now', '-24 hours') AS INTEGER) * 1000000
    GROUP BY created_at / 3600000000) h;

CREATE VIEW v_pending_transactions AS
SELECT lower(printf('%s-%s-%s-%s-%s', substr(hex(t.id), 1, 8), substr(hex(t.id), 9, 4), substr(hex(t.id), 13, 4),
        substr(hex(t.id), 17, 4), substr(hex(t.id), 21))) AS id,
    p.name AS service_name, a.username, a.phone_masked AS phone_number,
    strftime('%Y-%m-%dT%H:%M:%fZ', t.created_at / 1000000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', t.expires_at / 1000000.0, 'unixepoch') AS expires_at,
    t.expires_at / 1000000 - CAST(strftime('%s', 'now') AS INTEGER) AS seconds_left
FROM auth_transaction t JOIN service_provider p ON p.id = t.provider_id LEFT JOIN account a ON a.id = t.account_id
WHERE t.status = 'PENDING' AND t.expires_at > CAST(strftime('%s', 'now') AS INTEGER) * 1000000;

-- A hand-opened connection does not check foreign keys.
CREATE TRIGGER service_provider_takes_its_statistics AFTER DELETE ON service_provider
BEGIN
    DELETE FROM service_provider_statistics WHERE provider_id = OLD.id;
END;
