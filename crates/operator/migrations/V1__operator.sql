-- Log levels that an operator set while the program runs; `*` is every target that has no row of its own.
CREATE TABLE log_level (
  target TEXT NOT NULL PRIMARY KEY,
  level TEXT NOT NULL,
  set_at BIGINT NOT NULL,
  until_at BIGINT,
  CONSTRAINT log_level_word CHECK (level IN ('error', 'warn', 'info', 'debug', 'trace')),
  CONSTRAINT log_level_until CHECK (until_at > set_at)
);

-- The one row by which `hanok doctor` sees that the store takes a row and gives it back.
CREATE TABLE doctor_probe (
  id BIGINT NOT NULL PRIMARY KEY,
  written_at BIGINT NOT NULL,
  CONSTRAINT doctor_probe_one CHECK (id = 1)
);
