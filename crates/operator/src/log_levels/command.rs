//! `hanok log`.

use std::time::Duration;

use clap::Parser;
use hanok_accounts::audit::{Action, Entry, Origin};
use hanok_accounts::command::{Failure, Host, Opened, Run, Settings};
use hanok_base::config::{Level, Source};
use hanok_base::telemetry::SECURITY;
use hanok_base::{Timestamp, terminal};
use hanok_db::{Conn, DbError, Tx};
use serde_json::{Map, Value, json};

use super::change::Change;
use super::store::Override;
use super::{EVERYTHING, store};

/// The shortest and the longest time that a level may be set for.
const LEAST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_hours(30 * 24);

/// See and change what a running server writes to its log
#[derive(Parser)]
#[command(
    name = "log",
    after_help = "\
Examples:
  hanok log show
  hanok log set hanok_web::refused=debug --for 30m    why requests are refused, for half an hour
  hanok log set warn                                  everything without a level of its own
  hanok log reset
Every running server takes a change up within seconds. Production refuses debug and trace."
)]
pub(crate) enum Log {
    /// List the levels in force and where each comes from
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set the level of a target, or of everything
    Set {
        /// error, warn, info, debug or trace; for one target as TARGET=LEVEL
        #[arg(required = true, value_name = "[TARGET=]LEVEL")]
        changes: Vec<Change>,
        /// How long, as 90s, 30m or 1h30m; without it until it is reset
        #[arg(long = "for", value_name = "TIME", value_parser = time)]
        time: Option<Duration>,
    },
    /// Go back to the configuration
    Reset {
        /// Only this target
        target: Option<String>,
    },
}

impl Run for Log {
    async fn run(self, host: &dyn Host) -> Result<(), Failure> {
        let settings = host.settings(Vec::new())?;
        match self {
            Self::Show { json } => show(&host.open().await?, &settings, json).await,
            Self::Set { changes, time } => {
                let refused = changes
                    .iter()
                    .find_map(|it| it.refusal(settings.environment));
                if let Some(why) = refused {
                    return Err(Failure::wrong(why));
                }
                set(&host.open().await?, changes, time).await
            }
            Self::Reset { target } => reset(&host.open().await?, target).await,
        }
    }
}

fn time(text: &str) -> Result<Duration, String> {
    let read: jiff::SignedDuration = text
        .parse()
        .map_err(|_| "expected a time, as 90s, 30m or 1h30m".to_owned())?;
    let time = Duration::try_from(read).unwrap_or_default();
    if (LEAST..=MOST).contains(&time) {
        Ok(time)
    } else {
        Err("expected from 1s to 720h".to_owned())
    }
}

/// A line of `hanok log show`.
struct Shown {
    target: String,
    level: Level,
    from: String,
    until: Option<Timestamp>,
}

async fn show(opened: &Opened, settings: &Settings, json: bool) -> Result<(), Failure> {
    let now = opened.accounts.clock.now();
    let set = opened
        .accounts
        .db
        .read(async move |conn: &mut Conn| store::in_force(conn, now).await)
        .await?;
    let shown = lines(settings, &set);
    if json {
        terminal::json(&json!({ "levels": shown.iter().map(as_json).collect::<Vec<_>>() }));
        return Ok(());
    }
    let row = |it: &Shown| {
        let until = it.until.map_or_else(String::new, Timestamp::to_rfc3339);
        [
            name(&it.target),
            it.level.as_str().to_owned(),
            it.from.clone(),
            until,
        ]
    };
    terminal::table(
        ["target", "level", "from", "until"],
        &shown.iter().map(row).collect::<Vec<_>>(),
    );
    Ok(())
}

/// Everything first, then target by target; what was set hides what is configured.
fn lines(settings: &Settings, set: &[Override]) -> Vec<Shown> {
    let configured = |target: &str, level, key: &str| Shown {
        target: target.to_owned(),
        level,
        from: configured_in(settings, key),
        until: None,
    };
    let mut shown = vec![configured(EVERYTHING, settings.log.level, "log.level")];
    let targets = settings.log.levels.iter();
    shown.extend(
        targets.map(|(target, level)| configured(target, *level, &format!("log.levels.{target}"))),
    );
    shown.retain(|it| set.iter().all(|set| set.target != it.target));
    shown.extend(set.iter().map(|set| Shown {
        target: set.target.clone(),
        level: set.level,
        from: format!("hanok log set, {}", set.set_at.to_rfc3339()),
        until: set.until_at,
    }));
    if shown.iter().all(|it| it.target != SECURITY) {
        let level = shown
            .iter()
            .find(|it| it.target == EVERYTHING)
            .map_or(Level::Info, |it| it.level.max(Level::Info));
        shown.push(Shown {
            target: SECURITY.to_owned(),
            level,
            from: "always info or more".to_owned(),
            until: None,
        });
    }
    shown.sort_by(|one, other| one.target.cmp(&other.target));
    shown
}

fn configured_in(settings: &Settings, key: &str) -> String {
    let entry = settings.entries.iter().find(|entry| entry.key == key);
    match entry.map(|entry| &entry.source) {
        None | Some(Source::Default) => "default".to_owned(),
        Some(source) => source.to_string(),
    }
}

fn as_json(it: &Shown) -> Value {
    json!({ "target": it.target, "level": it.level, "from": it.from, "until": it.until })
}

fn name(target: &str) -> String {
    if target == EVERYTHING {
        "(everything)".to_owned()
    } else {
        target.to_owned()
    }
}

async fn set(opened: &Opened, changes: Vec<Change>, time: Option<Duration>) -> Result<(), Failure> {
    let ctx = opened.ctx("log set");
    let until = time.map(|time| ctx.now.plus(time));
    let levels: Map<String, Value> = changes
        .iter()
        .map(|change| (change.target.clone(), json!(change.level)))
        .collect();
    let audit = opened.accounts.audit.clone();
    let unit = async move |tx: &mut Tx| {
        for change in &changes {
            store::set(tx, change, ctx.now, until).await?;
        }
        let entry = Entry::new(Action::ConfigChange);
        let entry = entry.details(json!({ "log_levels": levels, "until": until }));
        audit.record(tx, &Origin::from(&ctx), entry).await
    };
    opened.accounts.db.write::<_, DbError, _>(unit).await?;
    let until = until.map_or_else(
        || "until `hanok log reset`".to_owned(),
        |until| format!("until {}", until.to_rfc3339()),
    );
    terminal::line(format_args!(
        "Set, {until}. Running servers take it up within seconds."
    ));
    Ok(())
}

async fn reset(opened: &Opened, target: Option<String>) -> Result<(), Failure> {
    let ctx = opened.ctx("log reset");
    let audit = opened.accounts.audit.clone();
    let named = target.clone();
    let unit = async move |tx: &mut Tx| {
        let forgotten = store::forget(tx, target.as_deref()).await?;
        if forgotten > 0 {
            let details = json!({ "log_levels_reset": target.as_deref().unwrap_or(EVERYTHING) });
            let entry = Entry::new(Action::ConfigChange).details(details);
            audit.record(tx, &Origin::from(&ctx), entry).await?;
        }
        Ok(forgotten)
    };
    let forgotten = opened.accounts.db.write::<_, DbError, _>(unit).await?;
    match (forgotten, named) {
        (0, Some(target)) => Err(Failure::failed(format!(
            "nothing is set for {target}: `hanok log show` lists what is"
        ))),
        (0, None) => {
            terminal::line("Nothing was set: the configuration holds.");
            Ok(())
        }
        (some, _) => {
            terminal::line(format_args!(
                "{some} levels are as configured again. Running servers take it up within seconds."
            ));
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_people_write_it() {
        assert_eq!(time("1h"), Ok(Duration::from_hours(1)));
        assert_eq!(time("1h30m"), Ok(Duration::from_mins(90)));
        assert_eq!(time("90s"), Ok(Duration::from_secs(90)));
        for wrong in ["0s", "-1h", "an hour", "3600", "10000h", ""] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
