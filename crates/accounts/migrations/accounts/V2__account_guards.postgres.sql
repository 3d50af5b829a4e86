-- Each function names the schemas it looks in: with the caller's, a temporary table called audit_log
-- would take what belongs into the trail.

-- A status, phone or PIN change by hand-written SQL leaves a trace: the program writes its audit row
-- first, naming the account's new version, and raises the version. A re-seal changes no value: its audit
-- row names the end (the tag) of the new sealed bytes. That a number is proven is a change of the phone.
CREATE FUNCTION account_is_resealed(account UUID, sealed BYTEA) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT EXISTS (
        SELECT 1 FROM audit_log WHERE target_id = account
        AND target_version = 'sealed ' || encode(substr(sealed, GREATEST(length(sealed) - 15, 1)), 'hex'));
$body$;

CREATE FUNCTION account_change_audited() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    IF (NEW.version <= OLD.version OR NOT EXISTS (
        SELECT 1 FROM audit_log WHERE target_id = NEW.id AND target_version = CAST(NEW.version AS TEXT)))
        AND NOT (OLD.status = NEW.status
            AND (OLD.phone_proven_at IS NULL) = (NEW.phone_proven_at IS NULL)
            AND (OLD.phone IS NOT DISTINCT FROM NEW.phone OR account_is_resealed(NEW.id, NEW.phone))
            AND (OLD.pin_hash IS NOT DISTINCT FROM NEW.pin_hash OR account_is_resealed(NEW.id, NEW.pin_hash)))
    THEN
        INSERT INTO audit_log (id, at, action, subject_id, target_kind, target_id, target_version, details)
        VALUES (
            gen_random_uuid(),
            CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT),
            CASE
                WHEN OLD.pin_hash IS DISTINCT FROM NEW.pin_hash THEN 'PIN_CHANGE'
                WHEN OLD.status = NEW.status THEN 'USER_INFO_UPDATE'
                WHEN OLD.phone IS DISTINCT FROM NEW.phone THEN 'USER_INFO_UPDATE'
                WHEN NEW.status = 'active' THEN 'ACCOUNT_UNLOCKED'
                ELSE 'ACCOUNT_LOCKED'
            END,
            NEW.id, 'account', NEW.id, CAST(NEW.version AS TEXT), '{"by":"hand-written SQL"}');
    END IF;
    RETURN NULL;
END;
$body$;

CREATE TRIGGER account_change_audited AFTER UPDATE OF status, phone, phone_proven_at, pin_hash ON account
FOR EACH ROW WHEN (
    OLD.status IS DISTINCT FROM NEW.status OR OLD.phone IS DISTINCT FROM NEW.phone
    OR OLD.pin_hash IS DISTINCT FROM NEW.pin_hash
    OR (OLD.phone_proven_at IS NULL) <> (NEW.phone_proven_at IS NULL))
EXECUTE FUNCTION account_change_audited();

-- A version that went back could be raised once more to one that has its audit row.
CREATE FUNCTION account_version_rises() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    RAISE EXCEPTION 'hanok: the version of an account only rises';
END;
$body$;

CREATE TRIGGER account_version_rises BEFORE UPDATE OF version ON account
FOR EACH ROW WHEN (NEW.version < OLD.version)
EXECUTE FUNCTION account_version_rises();

-- Whose a proven number or address is. The program records an act before it changes these rows: the new
-- version of the account, its first, or the index under a new key. What no such row announces leaves one.
CREATE FUNCTION account_lookup_by_hand(account UUID, what TEXT) RETURNS void LANGUAGE sql
SET search_path = pg_catalog, public, pg_temp AS $body$
    INSERT INTO audit_log (id, at, action, subject_id, target_kind, target_id, details)
    VALUES (
        gen_random_uuid(),
        CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT),
        'USER_INFO_UPDATE', account, 'account', account,
        '{"by":"hand-written SQL","blind_index":"' || what || '"}');
$body$;

CREATE FUNCTION account_lookup_added_audited() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM account a JOIN audit_log l ON l.target_id = a.id
        WHERE a.id = NEW.account_id AND l.target_version IN (
            CAST(a.version + 1 AS TEXT),
            'indexed ' || NEW.kind || ' ' || NEW.key_version,
            CASE WHEN a.version = 1 AND a.phone_proven_at IS NOT NULL AND NEW.kind = 'phone' AND NOT EXISTS (
                SELECT 1 FROM account_lookup o
                WHERE o.account_id = a.id AND o.kind = NEW.kind AND o.key_version <> NEW.key_version) THEN '1' END))
    THEN
        PERFORM account_lookup_by_hand(NEW.account_id, 'added');
    END IF;
    RETURN NULL;
END;
$body$;

-- With its account, or behind a newer key, it may go.
CREATE FUNCTION account_lookup_removed_audited() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $body$
BEGIN
    IF EXISTS (SELECT 1 FROM account WHERE id = OLD.account_id)
        AND NOT EXISTS (
            SELECT 1 FROM account_lookup o
            WHERE o.account_id = OLD.account_id AND o.kind = OLD.kind AND o.key_version > OLD.key_version)
        AND NOT EXISTS (
            SELECT 1 FROM account a JOIN audit_log l ON l.target_id = a.id
            WHERE a.id = OLD.account_id AND l.target_version = CAST(a.version + 1 AS TEXT))
    THEN
        PERFORM account_lookup_by_hand(OLD.account_id, 'removed');
    END IF;
    RETURN NULL;
END;
$body$;

CREATE TRIGGER account_lookup_added_audited AFTER INSERT ON account_lookup
FOR EACH ROW EXECUTE FUNCTION account_lookup_added_audited();

CREATE TRIGGER account_lookup_removed_audited AFTER DELETE ON account_lookup
FOR EACH ROW EXECUTE FUNCTION account_lookup_removed_audited();

CREATE TRIGGER account_lookup_unchanged BEFORE UPDATE ON account_lookup
FOR EACH ROW EXECUTE FUNCTION audit_refuse('a blind index cannot be changed');

CREATE TRIGGER account_lookup_not_truncated BEFORE TRUNCATE ON account_lookup
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse('blind indexes cannot be truncated');

-- The guards also hold where a session calls itself a replica.
ALTER TABLE account ENABLE ALWAYS TRIGGER account_change_audited;
ALTER TABLE account ENABLE ALWAYS TRIGGER account_version_rises;
ALTER TABLE account_lookup ENABLE ALWAYS TRIGGER account_lookup_added_audited;
ALTER TABLE account_lookup ENABLE ALWAYS TRIGGER account_lookup_removed_audited;
ALTER TABLE account_lookup ENABLE ALWAYS TRIGGER account_lookup_unchanged;
ALTER TABLE account_lookup ENABLE ALWAYS TRIGGER account_lookup_not_truncated;
