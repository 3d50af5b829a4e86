CREATE UNIQUE INDEX audit_chain_row ON audit_chain (audit_id);

CREATE INDEX audit_log_subject ON audit_log (subject_id, at DESC, id DESC) WHERE subject_id IS NOT NULL;
CREATE INDEX audit_log_actor ON audit_log (actor_id, at DESC, id DESC) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_log_action ON audit_log (action, at DESC, id DESC);
CREATE INDEX audit_log_target ON audit_log (target_id, target_version) WHERE target_id IS NOT NULL;

INSERT INTO audit_head (id, seq, key_version) VALUES (1, 0, 0);
