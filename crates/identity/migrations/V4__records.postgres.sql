-- Views for people with SQL. Their days, hours and times are those of UTC, in ISO 8601.

CREATE FUNCTION iso_time(micros BIGINT) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT to_char(to_timestamp(0) AT TIME ZONE 'UTC' + micros * INTERVAL '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
$body$;

CREATE VIEW v_user_masked AS
SELECT a.id, a.username, a.phone_masked AS phone_number,
    CASE WHEN EXISTS (SELECT 1 FROM account_ci c WHERE c.account_id = a.id) THEN '********' END AS ci,
    CASE WHEN EXISTS (SELECT 1 FROM provider_subject s WHERE s.account_id = a.id) THEN '********' END AS di,
    iso_time(a.created_at) AS created_at, iso_time(a.last_login_at) AS last_login, a.status = 'active' AS is_active
FROM account a;

CREATE VIEW v_auth_statistics AS
SELECT to_char(to_timestamp(d.day * 86400) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS date,
    d.total_requests, d.completed, d.failed, d.expired, d.pending,
    CAST(ROUND(100.0 * d.completed / d.total_requests, 2) AS DOUBLE PRECISION) AS success_rate,
    CAST(ROUND(d.processing_seconds, 3) AS DOUBLE PRECISION) AS avg_processing_seconds
FROM (
    SELECT created_at / 86400000000 AS day, COUNT(*) AS total_requests,
        COUNT(*) FILTER (WHERE status = 'COMPLETED') AS completed,
        COUNT(*) FILTER (WHERE status = 'FAILED') AS failed,
        COUNT(*) FILTER (WHERE status = 'EXPIRED') AS expired,
        COUNT(*) FILTER (WHERE status = 'PENDING') AS pending,
        AVG((ended_at - created_at) / 1000000.0) FILTER (WHERE status = 'COMPLETED') AS processing_seconds
    FROM auth_transaction GROUP BY created_at / 86400000000) d;

CREATE VIEW v_audit_summary AS
SELECT to_char(to_timestamp(d.day * 86400) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS date,
    d.action, d.total, d.people, iso_time(d.first_at) AS first_at, iso_time(d.last_at) AS last_at
FROM (
    SELECT at / 86400000000 AS day, action, COUNT(*) AS total, COUNT(DISTINCT subject_id) AS people,
        MIN(at) AS first_at, MAX(at) AS last_at
    FROM audit_log GROUP BY at / 86400000000, action) d;

CREATE VIEW v_service_success_rate AS
SELECT p.id AS service_id, p.client_id, p.name AS service_name,
    COUNT(t.id) AS total_requests, COUNT(*) FILTER (WHERE t.status = 'COMPLETED') AS completed,
    COUNT(*) FILTER (WHERE t.status = 'FAILED') AS failed, COUNT(*) FILTER (WHERE t.status = 'EXPIRED') AS expired,
    CASE WHEN COUNT(t.id) = 0 THEN 0 ELSE CAST(ROUND(
        100.0 * COUNT(*) FILTER (WHERE t.status = 'COMPLETED') / COUNT(t.id), 2) AS DOUBLE PRECISION) END AS success_rate
FROM service_provider p LEFT JOIN auth_transaction t ON t.provider_id = p.id
GROUP BY p.id, p.client_id, p.name;

-- People with three failures or more in seven days.
CREATE VIEW v_suspicious_users AS
SELECT a.id, a.username, a.phone_masked AS phone_number, COUNT(*) AS failures, iso_time(MAX(t.ended_at)) AS last_failure_at
FROM auth_transaction t JOIN account a ON a.id = t.account_id
WHERE t.status = 'FAILED'
    AND t.created_at >= CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS BIGINT) - 604800000000
GROUP BY a.id, a.username, a.phone_masked HAVING COUNT(*) >= 3;

-- The last 24 hours, hour by hour.
CREATE VIEW v_hourly_requests AS
SELECT to_char(to_timestamp(h.hour * 3600) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS date,
    CAST(h.hour % 24 AS BIGINT) AS hour, h.total_requests, h.completed,
    CAST(ROUND(100.0 * h.completed / h.total_requests, 2) AS DOUBLE PRECISION) AS success_rate
FROM (
    SELECT created_at / 3600000000 AS hour, COUNT(*) AS total_requests,
        COUNT(*) FILTER (WHERE status = 'COMPLETED') AS completed
    FROM auth_transaction
    WHERE created_at >= CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS BIGINT) - 86400000000
    GROUP BY created_at / 3600000000) h;

CREATE VIEW v_pending_transactions AS
SELECT t.id, p.name AS service_name, a.username, a.phone_masked AS phone_number,
    iso_time(t.created_at) AS created_at, iso_time(t.expires_at) AS expires_at,
    (t.expires_at - CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS BIGINT)) / 1000000 AS seconds_left
FROM auth_transaction t JOIN service_provider p ON p.id = t.provider_id LEFT JOIN account a ON a.id = t.account_id
WHERE t.status = 'PENDING' AND t.expires_at > CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS BIGINT);

-- An id as the program makes them, UUIDv7 (RFC 9562): 48 bits of milliseconds, then random ones. An
-- event with another id is refused where it comes back from Kafka: what was handled is forgotten by that time.
CREATE FUNCTION uuid_v7(micros BIGINT) RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $body$
    -- A random UUID has its variant; bits 52 and 53 make of its version, 4, a 7.
    SELECT CAST(encode(set_bit(set_bit(
        overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send(micros / 1000) FROM 3) FROM 1 FOR 6),
        52, 1), 53, 1), 'hex') AS uuid);
$body$;

-- What `hanok identity expire` does: writes down as EXPIRED what has had its time, tells the providers and
-- returns how many that were. The trail says that it was done by hand.
CREATE FUNCTION expire_pending_transactions() RETURNS bigint LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    now_at BIGINT := CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT);
    overdue RECORD;
    delivery UUID;
    expired BIGINT := 0;
BEGIN
    FOR overdue IN
        SELECT t.id, t.provider_id, t.account_id, p.delivery = 'callback' AND p.notify = 'all'
            AND p.id <> '00000000-0000-7000-8000-000000000001' AS is_told
        FROM auth_transaction t JOIN service_provider p ON p.id = t.provider_id
        WHERE t.status = 'PENDING' AND t.expires_at <= now_at ORDER BY t.id FOR UPDATE OF t SKIP LOCKED
    LOOP
        UPDATE auth_transaction SET status = 'EXPIRED', ended_at = expires_at WHERE id = overdue.id;
        IF overdue.is_told THEN
            delivery := uuid_v7(now_at);
            INSERT INTO callback_delivery (id, transaction_id, provider_id, state, created_at, code_until)
            VALUES (delivery, overdue.id, overdue.provider_id, 'QUEUED', now_at, now_at);
            INSERT INTO outbox (event_id, topic, event_key, event_type, version, payload, occurred_at)
            VALUES (uuid_v7(now_at), 'provider_callbacks', overdue.id::text, 'transaction.callback_due', 1,
                json_build_object('transaction_id', overdue.id, 'provider_id', overdue.provider_id,
                    'delivery_id', delivery)::text, now_at);
        END IF;
        INSERT INTO outbox (event_id, topic, event_key, event_type, version, payload, occurred_at)
        VALUES (uuid_v7(now_at), 'domain_events', overdue.id::text, 'transaction.ended', 1,
            json_build_object('transaction_id', overdue.id, 'provider_id', overdue.provider_id,
                'account_id', overdue.account_id, 'status', 'EXPIRED')::text, now_at);
        expired := expired + 1;
    END LOOP;
    RETURN expired;
END;
$body$;

-- What `hanok provider stats ID --days N` shows: the last days where the organisation is, today first.
CREATE FUNCTION get_service_statistics(service_id UUID, days INTEGER DEFAULT 30)
RETURNS TABLE (date DATE, total_requests BIGINT, success_count BIGINT, success_rate DOUBLE PRECISION)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $body$
    WITH organised AS (
        SELECT COALESCE((SELECT o.time_zone FROM organisation o), 'Asia/Seoul') AS zone),
    day AS (
        SELECT z.day, CAST(EXTRACT(EPOCH FROM z.day AT TIME ZONE o.zone) * 1000000 AS BIGINT) AS from_at,
            CAST(EXTRACT(EPOCH FROM (z.day + INTERVAL '1 day') AT TIME ZONE o.zone) * 1000000 AS BIGINT) AS until_at
        FROM organised o, LATERAL (
            SELECT date_trunc('day', now() AT TIME ZONE o.zone) - ago * INTERVAL '1 day' AS day
            FROM generate_series(0, $2 - 1) AS ago) z),
    counted AS (
        SELECT d.day, COALESCE(s.total_requests, l.requests) AS requests, COALESCE(s.completed, l.completed) AS completed
        FROM day d
        LEFT JOIN service_provider_statistics s ON s.provider_id = $1 AND s.date = to_char(d.day, 'YYYY-MM-DD')
        LEFT JOIN LATERAL (
            SELECT COUNT(*) AS requests, COUNT(*) FILTER (WHERE t.status = 'COMPLETED') AS completed
            FROM auth_transaction t WHERE s.date IS NULL AND t.provider_id = $1
            AND t.created_at >= d.from_at AND t.created_at < d.until_at) l ON TRUE)
    SELECT CAST(c.day AS DATE), c.requests, c.completed,
        CASE WHEN c.requests = 0 THEN 0 ELSE CAST(ROUND(100.0 * c.completed / c.requests, 2) AS DOUBLE PRECISION) END
    FROM counted c ORDER BY c.day DESC;
$body$;
