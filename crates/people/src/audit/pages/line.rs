//! A row of the trail, as pages show it.

use hanok_accounts::app::OWN_PROVIDER;
use hanok_accounts::audit::read::{AuditLine, Somebody};
use hanok_accounts::audit::words;
use hanok_accounts::permission::{PeopleRead, ProviderManagement, UserManagement};
use hanok_base::i18n::Text;
use hanok_web::{Caller, Permission};
use uuid::Uuid;

use crate::text;

/// Something that is named, by a text of ours or by its own name, and leads to its page where the reader may open it.
pub(super) struct Name {
    pub(super) text: Option<Text>,
    pub(super) own: String,
    pub(super) note: Option<String>,
    pub(super) href: Option<String>,
}

/// A row, in words.
pub(super) struct Line {
    pub(super) row: AuditLine,
    pub(super) action: Name,
    pub(super) actor: Option<Name>,
    pub(super) subject: Option<Name>,
    pub(super) provider: Option<Name>,
    pub(super) target: Option<Name>,
}

impl Line {
    /// The row, as `caller` reads it.
    pub(super) fn of(row: AuditLine, caller: &Caller) -> Self {
        let holds = |name| caller.permissions.contains(name);
        let leads = |provider: Uuid| {
            (holds(ProviderManagement::NAME) && provider != OWN_PROVIDER)
                .then(|| format!("/admin/providers/{provider}"))
        };
        let people = holds(UserManagement::NAME) || holds(PeopleRead::NAME);
        let person = |somebody: &Option<Somebody>| somebody.as_ref().map(|it| named(it, people));
        Self {
            action: Name {
                text: row.known_action().map(|act| words::told(act, &row.details)),
                own: row.action.clone(),
                note: None,
                href: None,
            },
            actor: person(&row.actor).or_else(|| row.is_by_itself().then(system)),
            subject: person(&row.subject),
            provider: row.provider.as_ref().map(|provider| Name {
                text: None,
                own: provider
                    .name
                    .clone()
                    .unwrap_or_else(|| provider.id.to_string()),
                note: None,
                href: leads(provider.id),
            }),
            target: row.target.as_ref().map(|(kind, id)| Name {
                text: words::of_target(kind),
                own: kind.clone(),
                note: Some(id.to_string()),
                href: (kind == "service_provider").then(|| leads(*id)).flatten(),
            }),
            row,
        }
    }

    /// The details, one to a line.
    pub(super) fn details(&self) -> Option<String> {
        let details = self.row.details.as_object()?;
        (!details.is_empty()).then(|| serde_json::to_string_pretty(details).unwrap_or_default())
    }
}

fn named(somebody: &Somebody, leads_there: bool) -> Name {
    let id = somebody.id.to_string();
    let (own, note) = match &somebody.names {
        Some((name, username)) => (name.clone(), Some(username.clone())),
        None => (id.clone(), None),
    };
    Name {
        text: None,
        own,
        note,
        href: (leads_there && somebody.names.is_some())
            .then(|| format!("/admin/people/{}", somebody.id)),
    }
}

/// A command or a job.
const fn system() -> Name {
    Name {
        text: Some(text::trail_pages::system()),
        own: String::new(),
        note: None,
        href: None,
    }
}
