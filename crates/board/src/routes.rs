//! The routes and duties of the board, as an [`App`].

use std::sync::Arc;

use hanok_accounts::App;
use hanok_accounts::home::{FrontCard, Panel};
use hanok_accounts::leaving::{ErasePersonal, PersonalData};
use hanok_base::i18n::Locale;
use hanok_db::MigrationSet;
use hanok_events::{Handler, JobHandler, Schedule};
use hanok_web::{Access, MenuEntry, Routes};

use crate::context::Board;
use crate::page;
use crate::{
    attachment, category, comment, feed, leaving, markdown, moderation, notice, post, search, text,
};

/// The board, as the binary sees it.
pub struct BoardApp(pub Board);

impl App for BoardApp {
    fn name(&self) -> &'static str {
        "board"
    }

    fn migrations(&self) -> Vec<MigrationSet> {
        vec![crate::migrations()]
    }

    fn messages(&self) -> [(Locale, &'static str); 2] {
        crate::MESSAGES
    }

    fn routes(&self) -> Routes {
        Routes::new()
            .merge(category::routes())
            .merge(post::routes())
            .merge(comment::routes())
            .merge(attachment::routes(&self.0.config))
            .merge(markdown::routes())
            .merge(search::routes())
            .merge(moderation::routes())
            .merge(feed::routes())
            .with_state(self.0.clone())
    }

    fn menu(&self) -> Vec<MenuEntry> {
        vec![
            page::menu_entry(),
            search::menu_entry(),
            category::menu_entry(),
            moderation::menu_entry(),
        ]
    }

    fn panels(&self) -> Vec<Arc<dyn Panel>> {
        vec![post::panel(&self.0)]
    }

    fn console_panels(&self) -> Vec<Arc<dyn Panel>> {
        vec![moderation::panel(&self.0)]
    }

    fn event_handlers(&self) -> Vec<Arc<dyn Handler>> {
        notice::handlers(&self.0)
    }

    fn jobs(&self) -> Vec<Arc<dyn JobHandler>> {
        notice::jobs(&self.0)
    }

    fn schedules(&self) -> Vec<Schedule> {
        vec![
            post::schedule(&self.0),
            attachment::schedule(&self.0),
            comment::schedule(&self.0),
        ]
    }

    fn personal_data(&self) -> Vec<PersonalData> {
        vec![leaving::personal_data(&self.0)]
    }

    fn erasures(&self) -> Vec<ErasePersonal> {
        vec![leaving::erasure(&self.0)]
    }

    fn front(&self) -> Option<FrontCard> {
        Some(FrontCard {
            title: text::board::title(),
            line: text::board::line(),
            icon: "message",
            path: "/posts",
            needs: Access::SignedIn,
        })
    }
}
