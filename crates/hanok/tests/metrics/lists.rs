//! How many statements a list takes, of the console, of the board, of what one was told and of what one did.

use std::collections::BTreeMap;

use hanok_testkit::Client;
use serde_json::json;

use crate::board;
use crate::scraped::Scraped;
use crate::watched::Watched;

/// Everybody's in a filled store.
const PASSWORD: &str = "Gadeuk-2026-chaeum!";
/// Who asks.
const WHO: &str = "person000001";
/// Who has written what the board shows.
const AUTHOR: &str = "person000002";
const MOST: u64 = 5;
/// Each list is asked for so often in a row: work beside it that runs less often drops out.
const ASKED: u32 = 10;
/// A server that has just started has more to do; a list gets so many rounds, of which the least one counts.
const ROUNDS: usize = 20;
const COUNT: &str = "hanok_store_statement_duration_seconds_count";

/// Filters that take the most statements; `{provider}` stands for one with deliveries.
const PAGES: &[&str] = &[
    "people?q=person",
    "people?sort=-last_login&page=2",
    "departments",
    "teams",
    "roles",
    "providers",
    "providers/{provider}/deliveries",
    "transactions",
    "transactions?person=person000002",
    "transactions?state=COMPLETED&provider={provider}",
    "audit",
    "audit?person=person000002",
    "audit?person=person000002&address=127.0.0.1&action=USER_LOGIN",
    "alerts?state=all",
    "activity",
    "activity?person=person000002&activity_type=sign_in",
    "activity?activity_type=sign_in&from=2026-01-01",
];
const ANSWERS: &[&str] = &[
    "users",
    "transactions",
    "audit-logs?person=person000002",
    "alerts",
    "activities",
    "activities?person=person000002&activity_type=sign_in",
    "departments",
    "teams",
    "providers",
];

/// Of the board, whose search is asked for what stands in many posts: what stands in few is looked for in further
/// stages, each of them bounded by itself. `{category}` stands for one with posts, `{post}` for one with comments.
const BOARD_PAGES: &[&str] = &[
    "/posts",
    "/posts?page=2",
    "/posts?category={category}",
    "/posts?category={category}&sort=commented",
    "/posts?category={category}&sort=recommended&page=2",
    "/posts/bookmarks",
    "/posts/must-read",
    "/posts/deleted",
    "/post/{post}/comments?after=0",
    "/search?q=%ED%9A%8C%EC%9D%98",
    "/search?q=%ED%9A%8C%EC%9D%98&sort=title",
    "/admin/categories",
    "/admin/moderation",
    "/admin/moderation?state=closed",
    "/admin/moderation/restrictions",
];
const BOARD_ANSWERS: &[&str] = &[
    "/api/v1/posts",
    "/api/v1/posts?category={category}&sort=commented&page=2",
    "/api/v1/posts?sort=recommended",
    "/api/v1/posts/{post}/comments",
    "/api/v1/posts/{post}/attachments",
    "/api/v1/posts/{post}/readers",
    "/api/v1/posts/{post}/revisions",
    "/api/v1/me/bookmarks",
    "/api/v1/me/must-read",
    "/api/v1/me/deleted-posts",
    "/api/v1/categories",
    "/api/v1/search?q=%ED%9A%8C%EC%9D%98",
    "/api/v1/search?q=%ED%9A%8C%EC%9D%98&sort=title",
    "/api/v1/board/people?q=person&post={post}",
    "/api/v1/moderation/reports",
    "/api/v1/moderation/restrictions",
];

/// What one was told, and what one did.
const OWN_PAGES: &[&str] = &[
    "/notifications",
    "/notifications?unread=1",
    "/account/activity",
    "/account/activity?activity_type=sign_in",
];
const OWN_ANSWERS: &[&str] = &[
    "/api/v1/notifications",
    "/api/v1/me/activities",
    "/api/v1/me/activities?activity_type=sign_in",
];

/// Asks for every list, and counts.
pub async fn each_takes_few(watched: &Watched) {
    let client = watched.client();
    let bearer = of(watched, WHO).await;
    let form = [("user_id", WHO), ("password", PASSWORD)];
    let login = client.post("/login").form(&form).await.assert_status(302);
    let cookie = login.header("set-cookie").split(';').next().unwrap();
    let browser = client.header("cookie", cookie);

    let providers = bearer.get("/api/v1/providers").await.assert_status(200);
    let provider = providers.body["providers"][0]["id"].as_str().unwrap();
    let of_provider = [("{provider}", provider)];
    for path in PAGES {
        takes_few(watched, &browser, &format!("/admin/{path}"), &of_provider).await;
    }
    for path in ANSWERS {
        takes_few(watched, &bearer, &format!("/api/v1/{path}"), &of_provider).await;
    }
    let written = board::write(&bearer, &of(watched, AUTHOR).await).await;
    let of_board = [
        ("{category}", written.category.as_str()),
        ("{post}", written.post.as_str()),
    ];
    for path in BOARD_PAGES.iter().chain(OWN_PAGES) {
        takes_few(watched, &browser, path, &of_board).await;
    }
    for path in BOARD_ANSWERS.iter().chain(OWN_ANSWERS) {
        takes_few(watched, &bearer, path, &of_board).await;
    }
}

/// Somebody's calls of the interface.
async fn of(watched: &Watched, who: &str) -> Client {
    let client = watched.client();
    let given = json!({ "user_id": who, "password": PASSWORD });
    let token = client.post("/api/v1/auth/login").json(given).await;
    let token = token.assert_status(200).body["access_token"].clone();
    client.bearer(token.as_str().unwrap())
}

async fn takes_few(watched: &Watched, client: &Client, path: &str, things: &[(&str, &str)]) {
    // Every route calls what it is asked for an id.
    let bare = path.split('?').next().unwrap_or_default();
    let mut route = bare.to_owned();
    let mut path = path.to_owned();
    for (name, thing) in things {
        route = route.replace(name, "{id}");
        path = path.replace(name, thing);
    }
    let path = path.as_str();
    let answered =
        format!(r#"hanok_http_requests_total{{route="{route}",method="GET",status="2xx"}}"#);
    let answers = |page: &Scraped| page.of(&answered).unwrap_or_default();
    // What the first one alone asks for is not counted.
    let more = answers(&watched.page().await) + 1.0;
    client.get(path).await.assert_status(200);
    let mut before = watched.page_where(|page| answers(page) >= more).await;
    let mut least: Option<BTreeMap<String, u64>> = None;
    for _ in 0..ROUNDS {
        let last = answers(&before) + f64::from(ASKED);
        for _ in 0..ASKED {
            client.get(path).await.assert_status(200);
        }
        let after = watched.page_where(|page| answers(page) >= last).await;
        let each = each(&counted(&before), &counted(&after));
        if least.as_ref().is_none_or(|least| all(&each) < all(least)) {
            least = Some(each);
        }
        if least.as_ref().is_some_and(|least| all(least) <= MOST) {
            break;
        }
        before = after;
    }
    let least = least.unwrap_or_default();
    assert!((1..=MOST).contains(&all(&least)), "{path}: {least:#?}");
}

fn all(each: &BTreeMap<String, u64>) -> u64 {
    each.values().sum()
}

/// What each request took, by kind.
fn each(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let more = after.iter().map(|(kind, count)| {
        let more = count - before.get(kind).copied().unwrap_or_default();
        (kind.clone(), more / u64::from(ASKED))
    });
    more.filter(|(_, count)| *count > 0).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count is a whole number"
)]
fn counted(page: &Scraped) -> BTreeMap<String, u64> {
    page.all(COUNT)
        .map(|(sample, count)| (sample.to_owned(), count as u64))
        .collect()
}
