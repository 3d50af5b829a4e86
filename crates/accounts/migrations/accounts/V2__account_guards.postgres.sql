-- A status, phone or PIN change by hand-written SQL leaves a trace: the program writes its audit row
-- first, naming the account's new version, and raises the version. A re-seal changes no value: its audit
-- row names the end (the tag) of the new sealed bytes. That a number is proven is a change of the phone.
CREATE FUNCTION account_is_resealed(account UUID, sealed BYTEA) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT EXISTS (
        SELECT 1 FROM audit_log WHERE target_id = account
        AND target_version = 'sealed ' || encode(substr(sealed, GREATEST(length(sealed) - 15, 1)), 'hex'));
$body$;

CREATE FUNCTION account_change_audited() RETURNS trigger LANGUAGE plpgsql AS $body$
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
CREATE FUNCTION account_version_rises() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'hanok: the version of an account only rises';
END;
$body$;

CREATE TRIGGER account_version_rises BEFORE UPDATE OF version ON account
FOR EACH ROW WHEN (NEW.version < OLD.version)
EXECUTE FUNCTION account_version_rises();

-- The guards also hold where a session calls itself a replica.
ALTER TABLE account ENABLE ALWAYS TRIGGER account_change_audited;
ALTER TABLE account ENABLE ALWAYS TRIGGER account_version_rises;
