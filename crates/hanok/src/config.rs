//! Every section of the configuration, and the rules between sections.

use std::net::IpAddr;

use hanok_accounts::AccountsConfig;
use hanok_accounts::audit::AuditConfig;
use hanok_accounts::command::Settings;
use hanok_accounts::mail::MailConfig;
use hanok_base::config::{
    Entry, Environment, Faults, KeysConfig, Loaded, Loader, LogConfig, Problem, ServerConfig,
    Source, Validate,
};
use hanok_board::BoardConfig;
use hanok_db::StoreConfig;
use hanok_events::{EventsConfig, KafkaConfig};
use hanok_identity::IdentityConfig;
use hanok_operator::MetricsConfig;
use hanok_redis::RedisConfig;
use hanok_web::{LimitsConfig, WebConfig};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::apps::{NAMES, folders, migrations};
use crate::kafka;

/// The default file, compiled in: every setting with its default, and the documentation of all of them.
pub const DEFAULTS: &str = include_str!("../../../config.default.toml");

const PUBLIC_URL: &str = "web.public_url";

/// The whole configuration.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What the program is run for.
    pub environment: Environment,
    /// The apps that are switched on.
    pub apps: Vec<String>,
    /// Whether this is the demo.
    pub demo: bool,
    /// Where it listens and keeps its data.
    pub server: ServerConfig,
    /// How it meets the network.
    pub web: WebConfig,
    /// The store.
    pub store: StoreConfig,
    /// The key ring.
    pub keys: KeysConfig,
    /// What is written to the log.
    pub log: LogConfig,
    /// People, sessions, passwords and PINs.
    pub accounts: AccountsConfig,
    /// Mail.
    pub mail: MailConfig,
    /// Requests in a moving minute.
    pub limits: LimitsConfig,
    /// The app identity.
    pub identity: IdentityConfig,
    /// The app board.
    pub board: BoardConfig,
    /// The audit trail.
    pub audit: AuditConfig,
    /// Outbox, jobs and schedules.
    pub events: EventsConfig,
    /// Events over Kafka.
    pub kafka: KafkaConfig,
    /// Redis, which several processes share.
    pub redis: RedisConfig,
    /// What is told to programs that watch it.
    pub metrics: MetricsConfig,
}

impl Config {
    /// Loads the configuration. Where only the port is set, `web.public_url` follows it.
    ///
    /// # Errors
    /// Every fault found.
    pub fn load(loader: Loader) -> Result<Loaded<Self>, Faults> {
        let mut loaded = loader.load::<Self>()?;
        let is_default = |key| {
            let mut entries = loaded.entries.iter();
            entries.any(|entry| entry.key == key && entry.source == Source::Default)
        };
        let port = loaded.value.server.port;
        if is_default(PUBLIC_URL) && !is_default("server.port") && port != 0 {
            let url = format!("http://localhost:{port}");
            let entries = loaded.entries.iter_mut();
            for entry in entries.filter(|entry| entry.key == PUBLIC_URL) {
                entry.shown_value = format!("\"{url}\"");
            }
            loaded.value.web.public_url = url;
        }
        Ok(loaded)
    }

    /// Whether an app is switched on.
    pub fn has(&self, app: &str) -> bool {
        self.apps.iter().any(|name| name == app)
    }

    /// The store's section, its file placed in the data directory.
    pub fn store_in_place(&self) -> StoreConfig {
        let sqlite_path = self.server.data_dir.join(&self.store.sqlite_path);
        StoreConfig {
            sqlite_path,
            ..self.store.clone()
        }
    }

    /// What commands look at, with every setting's source.
    pub fn settings(&self, entries: Vec<Entry>) -> Settings {
        Settings {
            entries,
            environment: self.environment,
            demo: self.demo,
            server: self.server.clone(),
            web: self.web.clone(),
            store: self.store_in_place(),
            keys: self.keys.clone(),
            log: self.log.clone(),
            accounts: self.accounts.clone(),
            mail: self.mail.clone(),
            audit: self.audit.clone(),
            migrations: migrations(self),
            folders: folders(self),
        }
    }

    fn listens_on_loopback(&self) -> bool {
        let host = self.server.host.as_str();
        host == "localhost"
            || host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// What only the demo may do, and where only the demo may listen.
    fn demo_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.demo && !self.listens_on_loopback() {
            problems.push(Problem::new(
                "server.host",
                "the demo listens on loopback only: expected 127.0.0.1",
            ));
        }
        let demo_only = [
            (
                "identity.confirm_without_device",
                self.identity.confirm_without_device,
            ),
            ("identity.synthetic_ci", self.identity.synthetic_ci),
        ];
        let misplaced = demo_only.iter().filter(|(_, on)| *on && !self.demo);
        problems.extend(misplaced.map(|(key, _)| Problem::new(key, "only the demo may set this")));
        problems
    }
}

impl Validate for Config {
    fn validate(&self) -> Vec<Problem> {
        let mut problems = self.environment.problems(self.demo, &self.log);
        let unknown = self
            .apps
            .iter()
            .filter(|app| !NAMES.contains(&app.as_str()));
        let expected = format!("expected some of: {}", NAMES.join(", "));
        problems.extend(
            unknown
                .map(|app| Problem::new("apps", format!("there is no app \"{app}\"; {expected}"))),
        );
        let sections: [(&str, &dyn Validate); 11] = [
            ("server", &self.server),
            ("web", &self.web),
            ("store", &self.store),
            ("keys", &self.keys),
            ("log", &self.log),
            ("accounts", &self.accounts),
            ("mail", &self.mail),
            ("identity", &self.identity),
            ("board", &self.board),
            ("audit", &self.audit),
            ("events", &self.events),
        ];
        problems.extend(
            sections
                .into_iter()
                .flat_map(|(name, section)| Problem::within(name, section.validate())),
        );
        problems.extend(Problem::within("limits", self.limits.validate()));
        problems.extend(Problem::within("metrics", self.metrics.validate()));
        problems.extend(Problem::within("kafka", self.kafka.validate()));
        problems.extend(Problem::within("redis", self.redis.validate()));
        problems.extend(kafka::problems(self));
        problems.extend(self.demo_problems());
        problems
    }
}

#[cfg(test)]
mod tests {
    use hanok_base::config::{Alias, aliases, drift};

    use super::*;

    fn load(flags: &[&str]) -> Result<Config, Vec<String>> {
        let flags = flags.iter().map(ToString::to_string);
        let loaded = Loader::new(DEFAULTS).flags(flags).load::<Config>();
        loaded
            .map(|loaded| loaded.value)
            .map_err(|faults| faults.0.into_iter().map(|fault| fault.key).collect())
    }

    #[test]
    fn the_default_file_and_the_types_are_the_same() {
        assert_eq!(drift::<Config>(DEFAULTS), Vec::<String>::new());
        assert!(load(&[]).unwrap().has("identity"));
    }

    #[test]
    fn every_well_known_variable_names_settings_that_exist() {
        let loaded = Loader::new(DEFAULTS).load::<Config>().unwrap();
        let known: Vec<&str> = loaded
            .entries
            .iter()
            .map(|entry| entry.key.as_str())
            .collect();
        let named = aliases().iter().flat_map(Alias::keys);
        assert_eq!(
            named.filter(|key| !known.contains(key)).collect::<Vec<_>>(),
            Vec::<&str>::new()
        );
    }

    #[test]
    fn what_only_the_demo_may_do_is_refused_elsewhere() {
        let without = [
            "identity.synthetic_ci=true",
            "identity.confirm_without_device=true",
        ];
        assert_eq!(
            load(&without).unwrap_err(),
            ["identity.confirm_without_device", "identity.synthetic_ci"]
        );
        assert_eq!(
            load(&["demo=true", "server.host=0.0.0.0"]).unwrap_err(),
            ["server.host"]
        );
        assert_eq!(
            load(&["demo=true", "environment=production"]).unwrap_err(),
            ["demo"]
        );
        assert!(load(&["demo=true", "server.host=::1", "identity.synthetic_ci=true"]).is_ok());
    }

    #[test]
    fn the_public_address_follows_the_port_unless_it_is_set() {
        let url = |flags: &[&str]| {
            let flags = flags.iter().map(ToString::to_string);
            let loaded = Config::load(Loader::new(DEFAULTS).flags(flags)).unwrap();
            let shown = loaded
                .entries
                .into_iter()
                .find(|entry| entry.key == PUBLIC_URL);
            assert_eq!(
                shown.unwrap().shown_value,
                format!("{:?}", loaded.value.web.public_url)
            );
            loaded.value.web.public_url
        };
        assert_eq!(url(&[]), "http://localhost:8080");
        assert_eq!(url(&["server.port=9000"]), "http://localhost:9000");
        assert_eq!(
            url(&["server.port=9000", "web.public_url=http://127.0.0.2"]),
            "http://127.0.0.2"
        );
    }

    #[test]
    fn an_app_that_is_not_there_is_named() {
        assert_eq!(load(&["apps=identity,bord"]).unwrap_err(), ["apps"]);
    }
}
