//! The routes of the demo, as an [`App`]: the guided demo, and what a phone and the shop got.

use std::path::Path;
use std::sync::Arc;

use hanok_accounts::command::{Command, Failure};
use hanok_accounts::home::Invitation;
use hanok_accounts::mail::CapturedMail;
use hanok_accounts::sms::SimulatedSms;
use hanok_accounts::{Accounts, App};
use hanok_base::i18n::Locale;
use hanok_board::Board;
use hanok_db::MigrationSet;
use hanok_identity::Identity;
use hanok_web::{Access, MenuEntry, Routes, Section};

use crate::board;
use crate::command::Demo;
use crate::guided::{self, Guided};
use crate::organisation;
use crate::people::fill;
use crate::shop::{DemoFile, open_shop};
use crate::{callbacks, fault, mail, messages, text};

/// The demo, as the binary sees it.
pub struct DemoApp {
    /// Whose people it makes.
    pub accounts: Accounts,
    /// What its shop asks, where it is switched on.
    pub identity: Option<Identity>,
    /// Whose posts it writes, where it is switched on.
    pub board: Option<Board>,
    /// The simulated text messages, where they are simulated.
    pub sms: Option<Arc<SimulatedSms>>,
    /// The captured mail, where it is captured.
    pub mail: Option<Arc<CapturedMail>>,
    /// What the guided demo remembers.
    pub guided: Guided,
}

impl DemoApp {
    /// Makes the people that are not there yet, and opens the shop, which keeps its credentials in
    /// `data_dir`. There is no shop where nobody can be asked.
    ///
    /// # Errors
    /// Those of the use cases and of the file.
    pub async fn open(&self, data_dir: &Path) -> Result<Option<DemoFile>, Failure> {
        fill(&self.accounts).await?;
        organisation::fill(&self.accounts).await?;
        if let Some(board) = &self.board {
            board::fill(board).await.map_err(Failure::failed)?;
        }
        let Some(identity) = &self.identity else {
            return Ok(None);
        };
        let shop = open_shop(identity, data_dir).await;
        let shop = shop.map_err(Failure::failed)?;
        self.guided.open(&shop).map_err(Failure::failed)?;
        Ok(Some(shop))
    }
}

impl App for DemoApp {
    fn name(&self) -> &'static str {
        "demo"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        Vec::new()
    }

    fn routes(&self) -> Routes {
        let mut routes = fault::routes();
        if let Some(sms) = &self.sms {
            routes = routes.merge(messages::routes(sms));
        }
        if let Some(captured) = &self.mail {
            routes = routes.merge(mail::routes(captured));
        }
        if self.identity.is_some() {
            routes = routes
                .merge(callbacks::routes(&self.guided))
                .merge(guided::routes(&self.guided));
        }
        routes
    }

    fn menu(&self) -> Vec<MenuEntry> {
        let guided = MenuEntry {
            id: "demo",
            text: text::demo::menu(),
            path: "/demo",
            icon: "fingerprint",
            section: Section::Own,
            needs: Access::Public,
        };
        self.identity.iter().map(|_| guided.clone()).collect()
    }

    fn invitation(&self) -> Option<Invitation> {
        self.identity.as_ref().map(|_| Invitation {
            text: text::demo::begin(),
            path: "/demo",
        })
    }

    fn commands() -> Vec<Command> {
        vec![Command::of::<Demo>()]
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        crate::MESSAGES
    }
}
