//! Pages: the frame, forms, flashes, and what browsers keep.

mod assets;

use axum::http::{Method, StatusCode};
use hanok_web::page::{asset_routes, filters};
use hanok_web::preferences::Preferences;
use hanok_web::text;
use hanok_web::{
    Access, AlertKind, Ctx, Error, Field, Flash, Flashed, Form, Layout, MenuEntry, Page,
    Permission as _, Redirected, Routes, Section, Stack, StackParts, serve_stack,
};
use serde::Deserialize;

use crate::app::{Answer, Manage, call, fetch, parts, request, web};

const HOSTILE: &str = "<script>alert(\"1\")</script>";

#[derive(askama::Template)]
#[template(
    source = "<p>{{ name }}</p>{{ at|datetime }} {{ at|iso }} {{ number|number }} {{ \"bell\"|icon }} {{ field|field }}",
    ext = "html"
)]
struct Body {
    name: &'static str,
    at: hanok_base::Timestamp,
    number: i64,
    field: Field,
}

async fn show(ctx: Ctx, Flashed(flash): Flashed) -> Page {
    let body = Body {
        name: HOSTILE,
        at: ctx.now,
        number: -1_234_567,
        field: Field::new("user_id", text::frame::account()).filled(&flash),
    };
    Page::new(text::frame::account(), body).active("home")
}

async fn bare(ctx: Ctx) -> Page {
    show(ctx, Flashed(Flash::default()))
        .await
        .layout(Layout::Bare)
        .unstored()
}

#[derive(Deserialize)]
struct Typed {
    user_id: Option<String>,
    password: Option<String>,
}

async fn send(Form(typed): Form<Typed>) -> Redirected {
    let error = Error::invalid_request([]).field("/user_id", "required");
    let values = [
        ("user_id", typed.user_id.unwrap_or_default()),
        ("password", typed.password.unwrap_or_default()),
    ];
    Redirected::failed("/show", error, values)
}

async fn done() -> Redirected {
    Redirected::to("/mine").flash(Flash::alert(AlertKind::Success, text::session::stayed()))
}

async fn fault() -> Result<Page, Error> {
    Err(Error::internal("the cellar is flooded"))
}

fn routes() -> Routes {
    let manage = Access::Permission(Manage::NAME);
    Routes::new()
        .page(Method::GET, "/show", show, Access::Public)
        .page(Method::POST, "/show", send, Access::Public)
        .page(Method::GET, "/bare", bare, Access::Public)
        .page(Method::GET, "/mine", show, Access::SignedIn)
        .page(Method::POST, "/mine", done, Access::SignedIn)
        .page(Method::GET, "/manage", show, manage)
        .page(Method::GET, "/broken", fault, Access::Public)
        .page(
            Method::POST,
            "/preferences",
            async |Form(chosen): Form<Preferences>| chosen.remember(),
            Access::Public,
        )
}

fn entry(id: &'static str, needs: Access) -> MenuEntry {
    MenuEntry {
        id,
        text: text::frame::menu(),
        path: "/mine",
        icon: "home",
        section: Section::Own,
        needs,
    }
}

fn house(change: impl FnOnce(&mut StackParts)) -> Stack {
    let mut parts = parts(web());
    change(&mut parts);
    let routes = routes().merge(asset_routes(parts.assets.clone()));
    serve_stack(routes.into_router(), parts).unwrap()
}

fn stack() -> Stack {
    house(|_| {})
}

async fn post(stack: &Stack, path: &str, form: &str, headers: &[(&str, &str)]) -> Answer {
    let mut headers = headers.to_vec();
    headers.push(("content-type", "application/x-www-form-urlencoded"));
    let body = form.to_owned().into();
    call(stack, request(Method::POST, path, &headers, body)).await
}

fn cookie(answer: &Answer) -> &str {
    answer.header("set-cookie").split(';').next().unwrap()
}

#[tokio::test]
async fn a_page_is_told_in_the_readers_language_and_escaped() {
    let stack = stack();
    let korean = fetch(&stack, "/show", &[]).await;
    assert_eq!(korean.status, StatusCode::OK);
    assert_eq!(korean.header("content-language"), "ko");
    for part in [
        "<html lang=\"ko\" data-bs-theme=\"system\">",
        "<title>내 계정 · 한옥</title>",
        "2026년 11월 21일 (토) 14:30",
        "2026-11-21T05:30:00.000000Z",
        "-1,234,567",
        "make assets",
    ] {
        assert!(korean.text().contains(part), "{part} in {}", korean.text());
    }
    assert!(!korean.text().contains("<script>"));
    let english = fetch(
        &stack,
        "/show",
        &[("cookie", "hanok_lang=en; hanok_theme=dark")],
    )
    .await;
    for part in [
        "<html lang=\"en\" data-bs-theme=\"dark\">",
        "<title>My account · Hanok</title>",
        "Sat 21 Nov 2026, 14:30",
    ] {
        assert!(english.text().contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_page_may_do_nothing_but_what_is_ours() {
    let answer = fetch(&stack(), "/show", &[]).await;
    let policy = answer.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self';",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{part}");
    }
    assert!(!policy.contains("unsafe"));
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert_eq!(answer.header("vary"), "cookie, accept-language");
}

#[tokio::test]
async fn the_frame_shows_the_person_and_what_they_may_open() {
    let stack = house(|parts| {
        parts.menu = vec![
            entry("home", Access::SignedIn),
            entry("manage", Access::Permission(Manage::NAME)),
        ];
        parts.demo = true;
    });
    let kim = fetch(&stack, "/mine", &[("cookie", "session=kim")]).await;
    assert!(
        kim.text().contains("김하늘")
            && kim
                .text()
                .contains("href=\"/notifications\" aria-label=\"알림\"")
    );
    assert!(kim.text().contains("session-dialog") && kim.text().contains("badge-demo"));
    assert_eq!(kim.header("cache-control"), "no-store");
    let links = |answer: &Answer| answer.text().matches("class=\"side-link\"").count();
    let manager = fetch(&stack, "/mine", &[("authorization", "Bearer manager")]).await;
    let nobody = fetch(&stack, "/show", &[]).await;
    assert_eq!([&kim, &manager, &nobody].map(links), [2, 4, 0]);
    let has_bell = |answer: &Answer| answer.text().contains("data-bell=");
    assert_eq!([&kim, &nobody].map(has_bell), [true, false]);
    assert!(kim.text().contains("aria-current=\"page\""));
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_there_and_back() {
    let stack = stack();
    let asked = fetch(&stack, "/mine?page=2", &[]).await;
    assert_eq!(asked.status, StatusCode::FOUND);
    assert_eq!(asked.header("location"), "/login?next=%2Fmine%3Fpage%3D2");
    let posted = post(&stack, "/mine", "", &[]).await;
    assert_eq!(posted.header("location"), "/login");
    let program = fetch(&stack, "/mine", &[("accept", "application/json")]).await;
    assert_eq!(program.code(), "unauthorized");
}

#[tokio::test]
async fn refusals_and_faults_are_pages_that_name_the_request() {
    let stack = stack();
    let kim = ("authorization", "Bearer kim");
    for (path, headers, status) in [
        ("/manage", vec![kim], StatusCode::FORBIDDEN),
        ("/broken", vec![], StatusCode::INTERNAL_SERVER_ERROR),
        (
            "/none",
            vec![("accept", "text/html")],
            StatusCode::NOT_FOUND,
        ),
    ] {
        let answer = fetch(&stack, path, &headers).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert!(answer.text().contains(answer.header("x-request-id")));
        assert!(!answer.text().contains("cellar"));
    }
    let program = fetch(&stack, "/broken", &[("accept", "application/json")]).await;
    assert_eq!(program.code(), "internal");
}

#[tokio::test]
async fn what_was_typed_comes_back_once_without_the_password() {
    let stack = stack();
    let sent = post(
        &stack,
        "/show",
        "user_id=%3Cb%3Ehaneul&password=geheim",
        &[],
    )
    .await;
    assert_eq!(
        (sent.status, sent.header("location")),
        (StatusCode::FOUND, "/show")
    );
    assert!(
        sent.header("set-cookie")
            .ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=300")
    );
    let held = [("cookie", cookie(&sent))];
    let shown = fetch(&stack, "/show", &held).await;
    for part in [
        "value=\"&#60;b&#62;haneul\"",
        "aria-invalid=\"true\"",
        "error-summary",
        // The summary names the field as its label does.
        "<a href=\"#user_id\">내 계정: 필수 항목입니다.</a>",
    ] {
        assert!(shown.text().contains(part), "{part} in {}", shown.text());
    }
    assert!(!shown.text().contains("geheim"));
    assert!(shown.header("set-cookie").starts_with("hanok_flash=; "));
    let again = fetch(&stack, "/show", &held).await;
    assert!(!again.text().contains("haneul"));
}

#[tokio::test]
async fn a_bare_page_leaves_what_was_said_to_the_next_and_is_kept_nowhere() {
    let stack = stack();
    let sent = post(&stack, "/show", "user_id=haneul", &[]).await;
    let held = [("cookie", cookie(&sent))];
    let bare = fetch(&stack, "/bare", &held).await;
    assert!(!bare.text().contains("error-summary"));
    assert_eq!(bare.header("cache-control"), "no-store");
    assert_eq!(bare.header("set-cookie"), "");
    assert_eq!(
        fetch(&stack, "/bare", &[]).await.header("cache-control"),
        "no-store"
    );
    assert!(
        fetch(&stack, "/show", &held)
            .await
            .text()
            .contains("error-summary")
    );
}

#[tokio::test]
async fn a_word_is_shown_on_the_next_page() {
    let stack = stack();
    let kim = ("authorization", "Bearer kim");
    let sent = post(&stack, "/mine", "", &[kim]).await;
    let shown = fetch(&stack, "/mine", &[kim, ("cookie", cookie(&sent))]).await;
    assert!(shown.text().contains("alert alert-success"));
    assert!(shown.text().contains("로그인을 유지합니다."));
}

#[tokio::test]
async fn a_browser_remembers_language_and_theme_and_follows_no_foreign_next() {
    let stack = stack();
    let chosen = post(
        &stack,
        "/preferences",
        "language=en&next=%2Fmine%3Fa%3D1",
        &[],
    )
    .await;
    assert_eq!(
        (chosen.status, chosen.header("location")),
        (StatusCode::FOUND, "/mine?a=1")
    );
    assert_eq!(cookie(&chosen), "hanok_lang=en");
    for next in ["//evil.example", "https://evil.example", "/%5Cevil.example"] {
        let answer = post(
            &stack,
            "/preferences",
            &format!("theme=dark&next={next}"),
            &[],
        )
        .await;
        assert_eq!(answer.header("location"), "/", "{next}");
        assert_eq!(cookie(&answer), "hanok_theme=dark");
    }
    let system = post(&stack, "/preferences", "theme=system", &[]).await;
    assert!(
        system.header("set-cookie").contains("hanok_theme=; ")
            && system.header("set-cookie").contains("Max-Age=0")
    );
    let foreign = post(
        &stack,
        "/preferences",
        "theme=dark",
        &[("sec-fetch-site", "cross-site")],
    )
    .await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_broken_form_is_a_page_and_json_is_taken_too() {
    let stack = stack();
    let broken = post(&stack, "/show", "user_id=%00", &[]).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    assert!(broken.text().starts_with("<!doctype html>"));
    let json = crate::app::send(&stack, "/show", "{\"user_id\":\"a\"}", &[]).await;
    assert_eq!(json.status, StatusCode::FOUND);
}
