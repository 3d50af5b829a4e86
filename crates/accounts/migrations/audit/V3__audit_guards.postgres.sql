-- Each function names the schemas it looks in: with the caller's, a temporary table called audit_log
-- would take what belongs into the trail.

CREATE FUNCTION audit_log_queue() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_unsealed (audit_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER audit_log_queued AFTER INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_queue();

-- What a guard refuses is the trigger's argument.
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'hanok: %', TG_ARGV[0];
END $$;

-- Nothing is changed.
CREATE TRIGGER audit_log_unchanged BEFORE UPDATE ON audit_log FOR EACH ROW
    EXECUTE FUNCTION audit_refuse('audit rows cannot be changed');

CREATE TRIGGER audit_chain_unchanged BEFORE UPDATE ON audit_chain FOR EACH ROW
    EXECUTE FUNCTION audit_refuse('audit links cannot be changed');

CREATE TRIGGER audit_checkpoint_unchanged BEFORE UPDATE ON audit_checkpoint FOR EACH ROW
    EXECUTE FUNCTION audit_refuse('audit checkpoints cannot be changed');

CREATE TRIGGER audit_retention_unchanged BEFORE UPDATE ON audit_retention FOR EACH ROW
    EXECUTE FUNCTION audit_refuse('dropped audit periods cannot be changed');

CREATE TRIGGER audit_origin_unchanged BEFORE UPDATE ON audit_origin FOR EACH ROW
    EXECUTE FUNCTION audit_refuse('audit origins can only be erased');

CREATE TRIGGER audit_unsealed_unchanged BEFORE UPDATE ON audit_unsealed FOR EACH ROW
    EXECUTE FUNCTION audit_refuse('audit rows cannot be changed');

-- Nothing is truncated.

CREATE TRIGGER audit_log_not_truncated BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse('audit rows cannot be truncated');

CREATE TRIGGER audit_chain_not_truncated BEFORE TRUNCATE ON audit_chain FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse('audit links cannot be truncated');

CREATE TRIGGER audit_checkpoint_not_truncated BEFORE TRUNCATE ON audit_checkpoint FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse('audit checkpoints cannot be truncated');

CREATE TRIGGER audit_retention_not_truncated BEFORE TRUNCATE ON audit_retention FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse('dropped audit periods cannot be truncated');

CREATE TRIGGER audit_unsealed_not_truncated BEFORE TRUNCATE ON audit_unsealed FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse('audit rows cannot be truncated');

CREATE TRIGGER audit_head_not_truncated BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT
    EXECUTE FUNCTION audit_refuse('the end of the audit chain cannot be truncated');

-- Nothing is deleted but what a dropped period covers, rows before their links.
CREATE FUNCTION audit_log_keep() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM audit_chain c JOIN audit_retention r ON c.seq BETWEEN r.from_seq AND r.until_seq
        WHERE c.audit_id = OLD.id) THEN
        RAISE EXCEPTION 'hanok: audit rows cannot be deleted';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_keep();

CREATE FUNCTION audit_chain_keep() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_retention r WHERE OLD.seq BETWEEN r.from_seq AND r.until_seq)
        OR EXISTS (SELECT 1 FROM audit_log l WHERE l.id = OLD.audit_id) THEN
        RAISE EXCEPTION 'hanok: audit links cannot be deleted';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER audit_chain_kept BEFORE DELETE ON audit_chain FOR EACH ROW EXECUTE FUNCTION audit_chain_keep();

CREATE FUNCTION audit_checkpoint_keep() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_retention r WHERE OLD.seq BETWEEN r.from_seq AND r.until_seq) THEN
        RAISE EXCEPTION 'hanok: audit checkpoints cannot be deleted';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER audit_checkpoint_kept BEFORE DELETE ON audit_checkpoint FOR EACH ROW
    EXECUTE FUNCTION audit_checkpoint_keep();

CREATE TRIGGER audit_retention_kept BEFORE DELETE ON audit_retention FOR EACH ROW
    EXECUTE FUNCTION audit_refuse('dropped audit periods cannot be deleted');

CREATE FUNCTION audit_unsealed_keep() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.audit_id = OLD.audit_id) THEN
        RAISE EXCEPTION 'hanok: an audit row waits until it is linked';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER audit_unsealed_kept BEFORE DELETE ON audit_unsealed FOR EACH ROW
    EXECUTE FUNCTION audit_unsealed_keep();

-- The guards also hold where a session calls itself a replica.
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_unchanged;
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_kept;
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_not_truncated;
ALTER TABLE audit_chain ENABLE ALWAYS TRIGGER audit_chain_unchanged;
ALTER TABLE audit_chain ENABLE ALWAYS TRIGGER audit_chain_kept;
ALTER TABLE audit_chain ENABLE ALWAYS TRIGGER audit_chain_not_truncated;
ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER audit_checkpoint_unchanged;
ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER audit_checkpoint_kept;
ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER audit_checkpoint_not_truncated;
ALTER TABLE audit_retention ENABLE ALWAYS TRIGGER audit_retention_unchanged;
ALTER TABLE audit_retention ENABLE ALWAYS TRIGGER audit_retention_kept;
ALTER TABLE audit_retention ENABLE ALWAYS TRIGGER audit_retention_not_truncated;
