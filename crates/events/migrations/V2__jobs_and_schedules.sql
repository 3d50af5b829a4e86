-- What the relay reads: rows not yet handed to the bus.
CREATE INDEX outbox_unsent ON outbox (serial) WHERE sent_at IS NULL;
-- Rows that hold back later ones of their key; nearly always empty.
CREATE INDEX outbox_failing ON outbox (event_key, serial) WHERE sent_at IS NULL AND attempts > 0;

CREATE UNIQUE INDEX event_retry_event ON event_retry (consumer, event_id);
CREATE INDEX event_retry_key ON event_retry (consumer, event_key, serial);
CREATE INDEX event_retry_due ON event_retry (next_at);

CREATE TABLE dead_letter (
  id UUID NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  consumer TEXT NOT NULL,
  item_id UUID NOT NULL,
  topic TEXT,
  item_key TEXT NOT NULL,
  item_type TEXT NOT NULL,
  version BIGINT NOT NULL,
  payload TEXT NOT NULL,
  occurred_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  error TEXT NOT NULL,
  failed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX dead_letter_item ON dead_letter (source, consumer, item_id);

CREATE TABLE lease (
  name TEXT NOT NULL PRIMARY KEY,
  holder UUID NOT NULL,
  held_until BIGINT NOT NULL
);

CREATE TABLE job (
  id UUID NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  lane TEXT NOT NULL,
  payload TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  faults BIGINT NOT NULL DEFAULT 0,
  leased_until BIGINT,
  lease_holder UUID,
  last_error TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX job_lane ON job (lane, run_at, id);
CREATE INDEX job_under_way ON job (lane, leased_until) WHERE leased_until IS NOT NULL;

CREATE TABLE schedule (
  name TEXT NOT NULL PRIMARY KEY,
  next_at BIGINT NOT NULL,
  last_at BIGINT,
  last_error TEXT,
  leased_until BIGINT,
  lease_holder UUID
);
