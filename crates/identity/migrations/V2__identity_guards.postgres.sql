-- The database guards itself, also against hand-written SQL.
-- Each function names the schemas it looks in: with the caller's, a temporary table called audit_log
-- would take what belongs into the trail.

CREATE FUNCTION auth_transaction_ends_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    RAISE EXCEPTION 'hanok: a transaction ends once';
END;
$body$;

CREATE TRIGGER auth_transaction_ends_once BEFORE UPDATE OF status ON auth_transaction
FOR EACH ROW WHEN (OLD.status <> 'PENDING' AND NEW.status IS DISTINCT FROM OLD.status)
EXECUTE FUNCTION auth_transaction_ends_once();

CREATE FUNCTION auth_transaction_change_audited() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM audit_log WHERE target_id = NEW.id AND target_version = NEW.status)
    THEN
        INSERT INTO audit_log (id, at, action, subject_id, target_kind, target_id, target_version, details)
        VALUES (
            gen_random_uuid(),
            CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT),
            'AUTH_STATUS_CHANGE', NEW.account_id, 'auth_transaction', NEW.id, NEW.status,
            '{"by":"hand-written SQL"}');
    END IF;
    RETURN NULL;
END;
$body$;

CREATE TRIGGER auth_transaction_change_audited AFTER UPDATE OF status ON auth_transaction
FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION auth_transaction_change_audited();

-- The guards also hold where a session calls itself a replica.
ALTER TABLE auth_transaction ENABLE ALWAYS TRIGGER auth_transaction_ends_once;
ALTER TABLE auth_transaction ENABLE ALWAYS TRIGGER auth_transaction_change_audited;
