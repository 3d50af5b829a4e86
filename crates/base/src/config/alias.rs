//! Well-known variables that are understood besides `HANOK__SECTION__KEY`.
//!
//! The table is the documentation: a further name is a further line. Within one layer (`.env`, the
//! environment) Hanok's own name wins over an alias, and of two aliases for one key the later line.

const NOT_MYSQL: &str = "Hanok uses PostgreSQL, not MySQL";
const ENGINE: &str = "store.engine";
const BUS: &str = "events.bus";

const ALIASES: &[Alias] = &[
    Alias::new("PORT", Rule::Key("server.port")),
    Alias::new(
        "ENV",
        Rule::Words(
            "environment",
            &[("prod", "production"), ("dev", "development")],
        ),
    ),
    Alias::secret("SECRET_KEY", Rule::Key("keys.secret_key")),
    Alias::new("POSTGRES_USER", Rule::Postgres("store.postgres_user")),
    Alias::secret(
        "POSTGRES_PASSWORD",
        Rule::Postgres("store.postgres_password"),
    ),
    Alias::new("DB_HOST", Rule::Postgres("store.postgres_host")),
    Alias::new("DB_PORT", Rule::PostgresPort("store.postgres_port")),
    Alias::new("DB_USER", Rule::Postgres("store.postgres_user")),
    Alias::secret("DB_PASSWORD", Rule::Postgres("store.postgres_password")),
    Alias::new("DB_NAME", Rule::Postgres("store.postgres_database")),
    Alias::new(
        "KAFKA_BOOTSTRAP_SERVERS",
        Rule::Kafka("kafka.bootstrap_servers"),
    ),
    Alias::new(
        "KAFKA_NOTIFICATION_TOPIC",
        Rule::Key("kafka.notifications_topic"),
    ),
    Alias::new(
        "KAFKA_ACTIVITY_LOG_TOPIC",
        Rule::Key("kafka.user_activities_topic"),
    ),
    Alias::new(
        "KAFKA_EMAIL_NOTIFICATION_TOPIC",
        Rule::Key("kafka.email_notifications_topic"),
    ),
    Alias::secret("REDIS_URL", Rule::Key("redis.url")),
    Alias::secret("REDIS_PASSWORD", Rule::Key("redis.password")),
    Alias::secret(
        "DATABASE_URL",
        Rule::Database {
            file: "store.sqlite_path",
            url: "store.postgres_url",
        },
    ),
];

/// The table of aliases.
pub const fn aliases() -> &'static [Alias] {
    ALIASES
}

/// A well-known variable and the settings it gives.
#[derive(Debug, Clone, Copy)]
pub struct Alias {
    /// The variable's name.
    pub name: &'static str,
    /// Whether its value is secret; then a name with `_FILE` appended is understood as well.
    pub secret: bool,
    rule: Rule,
}

#[derive(Debug, Clone, Copy)]
enum Rule {
    /// The text goes to this key as it is.
    Key(&'static str),
    /// The text goes to this key, some words translated.
    Words(&'static str, &'static [(&'static str, &'static str)]),
    /// The text goes to this key, and PostgreSQL is meant.
    Postgres(&'static str),
    /// The text goes to this key, and Kafka is meant.
    Kafka(&'static str),
    /// As `Postgres`, but MySQL's port is refused.
    PostgresPort(&'static str),
    /// A database address, whose scheme says which engine is meant.
    Database {
        file: &'static str,
        url: &'static str,
    },
}

impl Alias {
    const fn new(name: &'static str, rule: Rule) -> Self {
        Self {
            name,
            secret: false,
            rule,
        }
    }

    const fn secret(name: &'static str, rule: Rule) -> Self {
        Self {
            name,
            secret: true,
            rule,
        }
    }

    /// The keys this variable may set.
    pub fn keys(&self) -> Vec<&'static str> {
        match self.rule {
            Rule::Key(key) | Rule::Words(key, _) => vec![key],
            Rule::Postgres(key) | Rule::PostgresPort(key) => vec![ENGINE, key],
            Rule::Database { file, url } => vec![ENGINE, file, url],
            Rule::Kafka(key) => vec![BUS, key],
        }
    }

    /// The key that a fault about this variable names.
    pub(crate) fn main_key(&self) -> &'static str {
        match self.rule {
            Rule::Key(key)
            | Rule::Words(key, _)
            | Rule::Kafka(key)
            | Rule::Postgres(key)
            | Rule::PostgresPort(key) => key,
            Rule::Database { url, .. } => url,
        }
    }

    /// What the variable's text sets, or what is wrong with it.
    pub(crate) fn settings(&self, text: &str) -> Result<Vec<(&'static str, String)>, &'static str> {
        match self.rule {
            Rule::Key(key) => Ok(vec![(key, text.to_owned())]),
            Rule::Words(key, words) => Ok(vec![(key, translated(text, words))]),
            Rule::Kafka(key) => Ok(vec![(BUS, "kafka".to_owned()), (key, text.to_owned())]),
            Rule::PostgresPort(_) if text.trim() == "3306" => Err(NOT_MYSQL),
            Rule::Postgres(key) | Rule::PostgresPort(key) => Ok(vec![
                (ENGINE, "postgres".to_owned()),
                (key, text.to_owned()),
            ]),
            Rule::Database { file, url } => database(text, file, url),
        }
    }
}

fn translated(text: &str, words: &[(&str, &str)]) -> String {
    let lower = text.trim().to_ascii_lowercase();
    words
        .iter()
        .find(|(from, _)| *from == lower)
        .map_or(lower.clone(), |(_, to)| (*to).to_owned())
}

fn database(
    text: &str,
    file: &'static str,
    url: &'static str,
) -> Result<Vec<(&'static str, String)>, &'static str> {
    let (scheme, rest) = text.trim().split_once(':').ok_or(EXPECTED_ADDRESS)?;
    // SQLAlchemy and Django name a driver behind a plus sign, as in postgresql+psycopg2.
    let engine = scheme
        .split('+')
        .next()
        .unwrap_or(scheme)
        .to_ascii_lowercase();
    match engine.as_str() {
        "mysql" | "mariadb" => Err(NOT_MYSQL),
        "postgres" | "postgresql" if port(rest) == Some("3306") => Err(NOT_MYSQL),
        "postgres" | "postgresql" => Ok(vec![
            (ENGINE, "postgres".to_owned()),
            (url, format!("postgresql:{rest}")),
        ]),
        "sqlite" | "sqlite3" => {
            // sqlite:///name is relative, sqlite:////name absolute, as SQLAlchemy has it.
            let path = rest
                .strip_prefix("///")
                .or_else(|| rest.strip_prefix("//"))
                .unwrap_or(rest);
            Ok(vec![(ENGINE, "sqlite".to_owned()), (file, path.to_owned())])
        }
        _ => Err(EXPECTED_ADDRESS),
    }
}

const EXPECTED_ADDRESS: &str = "expected postgres://user:password@host:port/name or sqlite:///path";

fn port(rest: &str) -> Option<&str> {
    let authority = rest.strip_prefix("//")?.split(['/', '?']).next()?;
    let host = authority.rsplit('@').next()?;
    host.rsplit_once(':').map(|(_, port)| port)
}
