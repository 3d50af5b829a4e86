//! `/demo`: the page of the guided demo, and what its forms send.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::routing::{get, post};
use hanok_base::Timestamp;
use hanok_base::i18n::Text;
use hanok_web::page::filters;
use hanok_web::{Access, Cookie, Ctx, Error, Field, Form, OwnPage, Page, Redirected, Routes};
use serde::{Deserialize, Serialize};

use super::Guided;
use super::asked::{End, Fetched};
use super::person::PhoneOut;
use super::visit::{COOKIE_LIFE, Visit};
use crate::people::{PEOPLE, Person, asked};
use crate::text;

const PATH: &str = "/demo";
const COOKIE_NAME: &str = "hanok_demo";

/// `/demo` and what it asks.
pub(crate) fn routes(guided: &Guided) -> Routes {
    Routes::new()
        .page(Method::GET, PATH, show, Access::Public)
        .page(Method::POST, "/demo/ask", ask, Access::Public)
        .page(Method::POST, "/demo/result", fetch, Access::Public)
        .undocumented(Method::GET, "/demo/news", get(news), Access::Public)
        .undocumented(Method::POST, "/demo/phone", post(phone), Access::Public)
        .undocumented(Method::POST, "/demo/reset", post(reset), Access::Public)
        .with_state(guided.clone())
}

#[derive(Template)]
#[template(path = "demo.html")]
struct DemoBody {
    visit: Visit,
    now: Timestamp,
    number: Field,
    person: &'static Person,
    people: &'static [Person],
}

impl DemoBody {
    fn pin(&self) -> &'static str {
        self.person.phone.map_or("", |(_, pin)| pin)
    }

    fn number_asked(&self) -> &'static str {
        self.person.phone.map_or("", |(number, _)| number)
    }

    /// What a reason that the shop was told means.
    fn failed(reason: &str) -> Text {
        match reason {
            "denied" => text::demo::failed_denied(),
            "not_confirmed" => text::demo::failed_not_confirmed(),
            "superseded" => text::demo::failed_superseded(),
            _ => text::demo::failed_other(),
        }
    }

    /// The messages that only the phone sees, by the names it gives them.
    fn from_phone() -> [(&'static str, Text); 5] {
        [
            ("pair", text::demo_wire::pair()),
            ("request", text::demo_wire::pushed()),
            ("confirm", text::demo_wire::confirm()),
            ("deny", text::demo_wire::deny()),
            ("done", text::demo_wire::ended()),
        ]
    }

    fn role(person: &Person) -> Text {
        match person.higher_role {
            Some("super_admin") => text::demo_people::role_super_admin(),
            Some("service_admin") => text::demo_people::role_service_admin(),
            Some("manager") => text::demo_people::role_manager(),
            Some("auditor") => text::demo_people::role_auditor(),
            _ => text::demo_people::role_user(),
        }
    }
}

async fn show(State(guided): State<Guided>, ctx: Ctx, headers: HeaderMap) -> Result<Page, Error> {
    let person = asked().ok_or_else(Error::not_found)?;
    let visit = guided.0.visits.look(token(&headers));
    let typed = visit.refused.as_ref().map(|refused| refused.number.clone());
    let number = typed.unwrap_or_else(|| person.phone.unwrap_or_default().0.to_owned());
    let body = DemoBody {
        visit,
        now: ctx.now,
        number: Field::phone("phone_number", text::demo::number())
            .hint(text::demo::number_hint())
            .required()
            .value(number),
        person,
        people: PEOPLE,
    };
    let page = Page::new(text::demo::title(), body).purpose(text::demo::purpose());
    Ok(page.active("demo").entry("demo"))
}

/// What "본인확인" sends.
#[derive(Debug, Deserialize)]
struct AskIn {
    phone_number: Option<String>,
    seconds: Option<u32>,
}

async fn ask(
    State(guided): State<Guided>,
    ctx: Ctx,
    headers: HeaderMap,
    Form(input): Form<AskIn>,
) -> Result<Redirected, Error> {
    let visit = guided.0.visits.enter(token(&headers));
    let number = input.phone_number.unwrap_or_default();
    guided.ask(&ctx, &visit, &number, input.seconds).await?;
    Ok(Redirected::to(PATH).cookie(remembered(visit)))
}

async fn fetch(
    State(guided): State<Guided>,
    ctx: Ctx,
    _: OwnPage,
    headers: HeaderMap,
) -> Result<Redirected, Error> {
    let visit = guided.0.visits.enter(token(&headers));
    guided.fetch(&ctx, &visit).await?;
    Ok(Redirected::to(PATH).cookie(remembered(visit)))
}

/// Whether there is news of a visit.
#[derive(Debug, Serialize)]
struct NewsOut {
    version: u64,
    waiting: bool,
}

async fn news(State(guided): State<Guided>, headers: HeaderMap) -> Json<NewsOut> {
    let visit = guided.0.visits.look(token(&headers));
    Json(NewsOut {
        version: visit.version,
        waiting: visit.is_waiting(),
    })
}

/// The phone that this browser holds, if it holds one.
#[derive(Debug, Deserialize)]
struct PhoneIn {
    device_id: Option<String>,
}

async fn phone(
    State(guided): State<Guided>,
    ctx: Ctx,
    headers: HeaderMap,
    Form(input): Form<PhoneIn>,
) -> Result<(Cookie, Json<PhoneOut>), Error> {
    let visit = guided.0.visits.enter(token(&headers));
    let device = input.device_id.as_deref();
    let out = guided.phone(&ctx, &visit, device).await?;
    Ok((remembered(visit), Json(out)))
}

async fn reset(
    State(guided): State<Guided>,
    ctx: Ctx,
    headers: HeaderMap,
    Form(input): Form<PhoneIn>,
) -> Result<Redirected, Error> {
    let visit = guided.0.visits.enter(token(&headers));
    guided
        .reset(&ctx, &visit, input.device_id.as_deref())
        .await?;
    Ok(Redirected::to(PATH).cookie(remembered(visit)))
}

fn remembered(visit: String) -> Cookie {
    Cookie::new(COOKIE_NAME, visit).max_age(COOKIE_LIFE)
}

/// The token of the browser's visit. The demo is never reached over https.
fn token(headers: &HeaderMap) -> Option<&str> {
    Cookie::read(headers, COOKIE_NAME, false)
}
