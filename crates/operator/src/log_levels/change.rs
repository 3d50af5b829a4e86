//! A change as it is written on the command line.

use std::str::FromStr;

use hanok_base::config::{Environment, Level};
use hanok_base::telemetry::SECURITY;

use super::{EVERYTHING, targets};

/// The longest target.
const MOST_CHARACTERS: usize = 128;

/// `TARGET=LEVEL`, or `LEVEL` for everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(super) target: String,
    pub(super) level: Level,
}

impl FromStr for Change {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (target, level) = text.split_once('=').unwrap_or((EVERYTHING, text));
        let level: Level = level.parse()?;
        let named = target == EVERYTHING || is_target(target);
        if !named {
            return Err(format!(
                "\"{target}\" is no target: expected the name of a crate or module, as hanok_db or \
                 hanok_web::refused (with _ for -), access or security"
            ));
        }
        if target != EVERYTHING {
            targets::check(target)?;
        }
        if is_of_security(target) && level < Level::Info {
            return Err("the security log is kept whole: expected info or more".to_owned());
        }
        Ok(Self {
            target: target.to_owned(),
            level,
        })
    }
}

impl Change {
    /// Why this environment does not take it.
    pub(super) fn refusal(&self, environment: Environment) -> Option<&'static str> {
        let debug = self.level.is_debug() && environment == Environment::Production;
        debug.then_some("production refuses debug levels: expected one of error, warn, info")
    }
}

fn is_target(text: &str) -> bool {
    let is_word = |word: &str| {
        let mut characters = word.chars();
        characters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && characters.all(|it| it.is_ascii_alphanumeric() || it == '_')
    };
    text.len() <= MOST_CHARACTERS && text.split("::").all(is_word)
}

fn is_of_security(target: &str) -> bool {
    target.split("::").next() == Some(SECURITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_a_target_and_a_level() {
        let read = |text: &str| text.parse::<Change>();
        let of = |target: &str, level| {
            Ok(Change {
                target: target.to_owned(),
                level,
            })
        };
        assert_eq!(read("warn"), of("*", Level::Warn));
        assert_eq!(read("*=debug"), of("*", Level::Debug));
        assert_eq!(
            read("hanok_web::refused=debug"),
            of("hanok_web::refused", Level::Debug)
        );
        for wrong in [
            "hanok-web=debug",
            "=debug",
            "a b=debug",
            "hanok_web:debug",
            "loud",
            "hanok_web=",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(
            read("hanok-web=debug")
                .unwrap_err()
                .contains("with _ for -")
        );
        assert!(
            read("loud")
                .unwrap_err()
                .contains("error, warn, info, debug, trace")
        );
    }

    #[test]
    fn a_mistyped_target_is_refused_and_the_nearest_is_named() {
        let refused = |text: &str| text.parse::<Change>().unwrap_err();
        let told = refused("hanok_identiy=debug");
        assert!(told.contains("did you mean hanok_identity?"), "{told}");
        let told = refused("hanok_wbe::refused=debug");
        assert!(told.contains("did you mean hanok_web::refused?"), "{told}");
        let told = refused("something_else_altogether=info");
        assert!(!told.contains("did you mean"), "{told}");
        for known in [
            "hanok",
            "hanok_operator::events",
            "tokio_postgres",
            "webpki",
            "security",
            "access",
        ] {
            assert!(format!("{known}=info").parse::<Change>().is_ok(), "{known}");
        }
    }

    #[test]
    fn the_security_log_is_kept_whole() {
        assert!("security=error".parse::<Change>().is_err());
        assert!("security::sign_in=warn".parse::<Change>().is_err());
        assert!("security=debug".parse::<Change>().is_ok());
        assert!("access=error".parse::<Change>().is_ok());
    }

    #[test]
    fn production_refuses_debug() {
        let change: Change = "hanok_db=debug".parse().unwrap();
        assert!(change.refusal(Environment::Production).is_some());
        assert!(change.refusal(Environment::Development).is_none());
    }
}
