//! What a page loads, and how it is served.

use std::fs;

use axum::http::StatusCode;
use hanok_web::page::Assets;

use super::house;
use crate::app::fetch;

fn built() -> (tempfile::TempDir, Assets) {
    let place = tempfile::tempdir().unwrap();
    for directory in [".vite", "assets"] {
        fs::create_dir(place.path().join(directory)).unwrap();
    }
    for (name, text) in [
        (
            ".vite/manifest.json",
            r#"{"src/entries/app.ts":{"file":"assets/app-1.js","css":["assets/app-2.css"],"imports":["_a.js"]},"_a.js":{"file":"assets/a-3.js"},"icons.svg":{"file":"assets/icons-4.svg"}}"#,
        ),
        ("assets/app-1.js", "plain"),
        ("assets/app-1.js.br", "brotli"),
        ("assets/app-1.js.gz", "gzip"),
        ("favicon.svg", "<svg/>"),
        ("secret.js", "not an asset"),
    ] {
        fs::write(place.path().join(name), text).unwrap();
    }
    let assets = Assets::in_directory(place.path());
    (place, assets)
}

#[tokio::test]
async fn a_page_loads_what_was_built() {
    let (_place, assets) = built();
    let stack = house(|parts| parts.assets = assets);
    let page = fetch(&stack, "/show", &[]).await;
    for part in [
        "<link rel=\"stylesheet\" href=\"/assets/app-2.css\">",
        "<script type=\"module\" src=\"/assets/app-1.js\"></script>",
        "<link rel=\"modulepreload\" href=\"/assets/a-3.js\">",
        "<use href=\"/assets/icons-4.svg#bell\"/>",
    ] {
        assert!(page.text().contains(part), "{part}");
    }
    assert!(!page.text().contains("make assets"));
}

#[tokio::test]
async fn an_asset_is_kept_for_a_year_and_sent_in_the_form_the_browser_takes() {
    let (_place, assets) = built();
    let stack = house(|parts| parts.assets = assets);
    for (accepted, coding, body) in [
        ("gzip, br", "br", "brotli"),
        ("gzip, br;q=0", "gzip", "gzip"),
        ("", "", "plain"),
    ] {
        let asset = fetch(&stack, "/assets/app-1.js", &[("accept-encoding", accepted)]).await;
        assert_eq!(
            (asset.header("content-encoding"), asset.text()),
            (coding, body)
        );
        assert_eq!(
            asset.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(
            asset.header("content-type"),
            "text/javascript; charset=utf-8"
        );
        let known = [
            ("accept-encoding", accepted),
            ("if-none-match", asset.header("etag")),
        ];
        assert_eq!(
            fetch(&stack, "/assets/app-1.js", &known).await.status,
            StatusCode::NOT_MODIFIED
        );
    }
    for missing in [
        "/assets/none.js",
        "/assets/app-1.js.br",
        "/assets/..%2Fsecret.js",
        "/assets/.vite",
    ] {
        assert_eq!(
            fetch(&stack, missing, &[]).await.status,
            StatusCode::NOT_FOUND,
            "{missing}"
        );
    }
    let icon = fetch(&stack, "/favicon.svg", &[]).await;
    assert_eq!(
        (icon.header("content-type"), icon.header("cache-control")),
        ("image/svg+xml", "no-cache")
    );
    assert_eq!(
        fetch(&stack, "/phone-worker.js", &[]).await.status,
        StatusCode::NOT_FOUND
    );
}
