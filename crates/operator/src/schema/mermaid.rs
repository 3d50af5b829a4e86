//! A schema as an entity-relationship diagram (mermaid.js.org, `erDiagram`).

use std::fmt::Write as _;

use hanok_db::Schema;
use hanok_db::schema::{Column, Reference, Table};

/// Who refers to whom, then every table with its columns.
pub(super) fn diagram(schema: &Schema) -> String {
    let mut text = String::from("erDiagram");
    for table in &schema.tables {
        for reference in &table.references {
            // Writing into a String does not fail.
            let _ = write!(text, "\n    {}", relation(table, reference));
        }
    }
    for table in &schema.tables {
        let _ = write!(text, "\n    {} {{", table.name);
        for column in &table.columns {
            let _ = write!(text, "\n        {}", attribute(table, column));
        }
        text.push_str("\n    }");
    }
    text
}

/// `account ||--o{ session : account_id`.
fn relation(table: &Table, reference: &Reference) -> String {
    let may_be_nobody = |name: &String| {
        let column = table.columns.iter().find(|column| column.name == *name);
        column.is_some_and(|column| !column.required)
    };
    let whose = if reference.columns.iter().any(may_be_nobody) {
        "|o"
    } else {
        "||"
    };
    let one = matches!(reference.columns.as_slice(), [only] if table.is_unique(only));
    let many = if one { "o|" } else { "o{" };
    format!(
        "{} {whose}--{many} {} : \"{}\"",
        reference.table,
        table.name,
        reference.columns.join(", ")
    )
}

/// `uuid account_id FK`.
fn attribute(table: &Table, column: &Column) -> String {
    let kind = column.kind.to_ascii_lowercase().replace(' ', "_");
    let refers = table
        .references
        .iter()
        .any(|reference| reference.columns.contains(&column.name));
    let keys = [
        (column.in_primary_key, "PK"),
        (refers, "FK"),
        (
            !column.in_primary_key && table.is_unique(&column.name),
            "UK",
        ),
    ];
    let keys: Vec<&str> = keys
        .into_iter()
        .filter_map(|(is_one, word)| is_one.then_some(word))
        .collect();
    format!("{kind} {} {}", column.name, keys.join(", "))
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use hanok_db::{Migration, MigrationSet, Sql};

    use super::*;

    const SET: MigrationSet = MigrationSet {
        name: "house",
        migrations: &[Migration {
            version: 1,
            name: "house",
            sql: Sql::Both(
                "CREATE TABLE house (id UUID NOT NULL PRIMARY KEY, number BIGINT NOT NULL);
                 CREATE UNIQUE INDEX house_number ON house (number);
                 CREATE TABLE room (
                     id UUID NOT NULL PRIMARY KEY,
                     house_id UUID NOT NULL REFERENCES house (id) ON DELETE CASCADE,
                     guest UUID REFERENCES house (id),
                     note TEXT
                 );
                 CREATE TABLE roof (house_id UUID NOT NULL PRIMARY KEY REFERENCES house (id));",
            ),
        }],
    };

    #[test]
    fn a_diagram_shows_tables_columns_keys_and_who_refers_to_whom() {
        let schema = Schema::of(&[SET]).unwrap();
        let expected = "\
erDiagram
    house ||--o{ room : \"house_id\"
    house |o--o{ room : \"guest\"
    house ||--o| roof : \"house_id\"
    house {
        uuid id PK
        bigint number UK
    }
    room {
        uuid id PK
        uuid house_id FK
        uuid guest FK
        text note
    }
    roof {
        uuid house_id PK, FK
    }";
        assert_eq!(diagram(&schema), expected);
    }
}
