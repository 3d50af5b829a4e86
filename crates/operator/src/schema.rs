//! `hanok schema`.

mod mermaid;

use clap::Parser;
use hanok_accounts::command::{Failure, Host, Run};
use hanok_base::terminal;
use hanok_db::Schema;
use hanok_db::schema::{Column, Table};

/// Show the tables that this release makes: columns, keys, indexes, guards
#[derive(Parser)]
#[command(
    name = "schema",
    after_help = "\
Examples:
  hanok schema
  hanok schema --mermaid         an entity-relationship diagram, as in docs/database.md
  hanok schema --json | jq -r '.tables[].name'
It looks at no database: the tables are made in memory."
)]
pub(crate) struct ShowSchema {
    /// Print an entity-relationship diagram for Mermaid
    #[arg(long, conflicts_with = "json")]
    mermaid: bool,
    /// Print JSON, with indexes, triggers and views
    #[arg(long)]
    json: bool,
}

impl Run for ShowSchema {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let schema = Schema::of(&host.settings(Vec::new())?.migrations)?;
        if self.json {
            terminal::json(&schema);
        } else if self.mermaid {
            terminal::line(mermaid::diagram(&schema));
        } else {
            show(&schema);
        }
        Ok(())
    }
}

fn show(schema: &Schema) {
    let rows: Vec<[String; 5]> = schema
        .tables
        .iter()
        .flat_map(|table| table.columns.iter().map(|column| row(table, column)))
        .collect();
    terminal::table(["table", "column", "type", "null", "key"], &rows);
    terminal::line(format_args!(
        "\n{} tables, {} indexes, {} triggers, {} views.",
        schema.tables.len(),
        count(schema, |table| table.indexes.len()),
        count(schema, |table| table.triggers.len()),
        schema.views.len()
    ));
}

fn count(schema: &Schema, of: impl Fn(&Table) -> usize) -> usize {
    schema.tables.iter().map(of).sum()
}

fn row(table: &Table, column: &Column) -> [String; 5] {
    let null = if column.required { "" } else { "may be" };
    [
        table.name.clone(),
        column.name.clone(),
        column.kind.clone(),
        null.to_owned(),
        key(table, column),
    ]
}

/// Primary, unique, and what it refers to.
fn key(table: &Table, column: &Column) -> String {
    let mut words = Vec::new();
    if column.in_primary_key {
        words.push("primary".to_owned());
    } else if table.is_unique(&column.name) {
        words.push("unique".to_owned());
    }
    let refers = table
        .references
        .iter()
        .filter(|reference| reference.columns.contains(&column.name));
    words.extend(refers.map(|reference| format!("→ {}", reference.table)));
    words.join(", ")
}
