//! The tables of these tests.

use hanok_db::{Migration, MigrationSet, Sql};

pub const SETS: &[MigrationSet] = &[MigrationSet {
    name: "testing",
    migrations: &[
        Migration {
            version: 1,
            name: "tables",
            sql: Sql::Both(TABLES),
        },
        Migration {
            version: 2,
            name: "guards",
            sql: Sql::PerEngine {
                sqlite: SQLITE_GUARDS,
                postgres: POSTGRES_GUARDS,
            },
        },
    ],
}];

const TABLES: &str = "
    CREATE TABLE person (
        id UUID PRIMARY KEY,
        username TEXT NOT NULL,
        age BIGINT CONSTRAINT person_age_range CHECK (age BETWEEN 0 AND 200),
        active BOOLEAN NOT NULL DEFAULT TRUE,
        score DOUBLE PRECISION,
        sealed BYTEA
    );
    CREATE UNIQUE INDEX person_username ON person (username);
    CREATE UNIQUE INDEX person_lower ON person (lower(username));
    CREATE UNIQUE INDEX person_name_age ON person (username, age);
    CREATE TABLE visit (
        id BIGINT PRIMARY KEY,
        person_id UUID NOT NULL REFERENCES person (id),
        place TEXT UNIQUE
    );
    CREATE TABLE counter (name TEXT PRIMARY KEY, count BIGINT NOT NULL);";

const SQLITE_GUARDS: &str = "
    CREATE TRIGGER visit_stays BEFORE DELETE ON visit
    BEGIN SELECT RAISE(ABORT, 'hanok: a visit is never deleted'); END;";

const POSTGRES_GUARDS: &str = "
    CREATE FUNCTION visit_stays() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'hanok: a visit is never deleted'; END $$;
    CREATE TRIGGER visit_stays BEFORE DELETE ON visit FOR EACH ROW EXECUTE FUNCTION visit_stays();";

pub const ADD_COUNTER: &str = "INSERT INTO counter (name, count) VALUES ($1, $2)";
pub const COUNT_UP: &str = "UPDATE counter SET count = count + 1 WHERE name = $1 AND count < $2";
pub const COUNT: &str = "SELECT count FROM counter WHERE name = $1";
pub const COUNTERS: &str = "SELECT COUNT(*) FROM counter";
