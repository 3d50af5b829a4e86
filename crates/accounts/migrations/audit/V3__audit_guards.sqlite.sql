CREATE TRIGGER audit_log_queued AFTER INSERT ON audit_log
BEGIN
    INSERT INTO audit_unsealed (audit_id) VALUES (NEW.id);
END;

-- Nothing is changed.
CREATE TRIGGER audit_log_unchanged BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'hanok: audit rows cannot be changed');
END;

CREATE TRIGGER audit_chain_unchanged BEFORE UPDATE ON audit_chain
BEGIN
    SELECT RAISE(ABORT, 'hanok: audit links cannot be changed');
END;

CREATE TRIGGER audit_checkpoint_unchanged BEFORE UPDATE ON audit_checkpoint
BEGIN
    SELECT RAISE(ABORT, 'hanok: audit checkpoints cannot be changed');
END;

CREATE TRIGGER audit_retention_unchanged BEFORE UPDATE ON audit_retention
BEGIN
    SELECT RAISE(ABORT, 'hanok: dropped audit periods cannot be changed');
END;

CREATE TRIGGER audit_origin_unchanged BEFORE UPDATE ON audit_origin
BEGIN
    SELECT RAISE(ABORT, 'hanok: audit origins can only be erased');
END;

CREATE TRIGGER audit_unsealed_unchanged BEFORE UPDATE ON audit_unsealed
BEGIN
    SELECT RAISE(ABORT, 'hanok: audit rows cannot be changed');
END;

-- Nothing is deleted but what a dropped period covers, rows before their links.
CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log
WHEN NOT EXISTS (
    SELECT 1 FROM audit_chain c JOIN audit_retention r ON c.seq BETWEEN r.from_seq AND r.until_seq
    WHERE c.audit_id = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'hanok: audit rows cannot be deleted');
END;

CREATE TRIGGER audit_chain_kept BEFORE DELETE ON audit_chain
WHEN NOT EXISTS (SELECT 1 FROM audit_retention r WHERE OLD.seq BETWEEN r.from_seq AND r.until_seq)
    OR EXISTS (SELECT 1 FROM audit_log l WHERE l.id = OLD.audit_id)
BEGIN
    SELECT RAISE(ABORT, 'hanok: audit links cannot be deleted');
END;

CREATE TRIGGER audit_checkpoint_kept BEFORE DELETE ON audit_checkpoint
WHEN NOT EXISTS (SELECT 1 FROM audit_retention r WHERE OLD.seq BETWEEN r.from_seq AND r.until_seq)
BEGIN
    SELECT RAISE(ABORT, 'hanok: audit checkpoints cannot be deleted');
END;

CREATE TRIGGER audit_retention_kept BEFORE DELETE ON audit_retention
BEGIN
    SELECT RAISE(ABORT, 'hanok: dropped audit periods cannot be deleted');
END;

CREATE TRIGGER audit_unsealed_kept BEFORE DELETE ON audit_unsealed
WHEN NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.audit_id = OLD.audit_id)
BEGIN
    SELECT RAISE(ABORT, 'hanok: an audit row waits until it is linked');
END;

-- REPLACE fires no delete trigger: a key that exists is refused before it gets that far.
CREATE TRIGGER audit_log_not_replaced BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'hanok: audit rows cannot be replaced');
END;

CREATE TRIGGER audit_chain_not_replaced BEFORE INSERT ON audit_chain
WHEN EXISTS (SELECT 1 FROM audit_chain WHERE seq = NEW.seq OR audit_id = NEW.audit_id)
BEGIN
    SELECT RAISE(ABORT, 'hanok: audit links cannot be replaced');
END;

CREATE TRIGGER audit_checkpoint_not_replaced BEFORE INSERT ON audit_checkpoint
WHEN EXISTS (SELECT 1 FROM audit_checkpoint WHERE seq = NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'hanok: audit checkpoints cannot be replaced');
END;

CREATE TRIGGER audit_retention_not_replaced BEFORE INSERT ON audit_retention
WHEN EXISTS (SELECT 1 FROM audit_retention WHERE period = NEW.period)
BEGIN
    SELECT RAISE(ABORT, 'hanok: dropped audit periods cannot be replaced');
END;
