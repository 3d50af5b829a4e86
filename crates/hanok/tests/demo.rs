//! The guided demo over HTTP: the shop asks, the phone answers, the page shows what the shop learned.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::time::Duration;

use hanok::{Config, DEFAULTS, Overrides, Program};
use hanok_base::config::Loader;
use hanok_base::{Clock, KeyRing, Random, Timestamp};
use hanok_db::Db;
use hanok_demo::{DemoApp, DemoFile, PEOPLE, asked};
use hanok_testkit::{Answer, Browser, Phone, Site};
use hanok_web::server::Server;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;

const FLAGS: [&str; 9] = [
    "demo=true",
    "accounts.argon2_memory_kib=8",
    "accounts.argon2_iterations=1",
    "identity.synthetic_ci=true",
    "identity.per_phone_provider_10min=60",
    "identity.per_phone_10min=60",
    "limits.sign_in_per_minute=0",
    "log.directory=",
    "mail.mode=captured",
];

/// A demo that listens; nothing runs in the background until [`Demo::settle`].
struct Demo {
    program: Program,
    site: Site,
    shop: DemoFile,
    data: TempDir,
    _stop: oneshot::Sender<()>,
}

impl Demo {
    async fn start(db: Db) -> Self {
        let server = Server::bind("127.0.0.1", 0).await.unwrap();
        let origin = format!("http://{}", server.address());
        let data = tempfile::tempdir().unwrap();
        let mut flags = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("server.data_dir={}", data.path().display()));
        flags.push(format!("web.public_url={origin}"));
        flags.push(format!("identity.callback_allow_hosts={origin}"));
        let config = Config::load(Loader::new(DEFAULTS).flags(flags));
        let config = config.unwrap_or_else(|faults| panic!("{faults}")).value;
        let (random, now) = (Random::seeded(1), Timestamp::from_seconds(1_795_239_000));
        let overrides = Overrides {
            clock: Some(Clock::manual(now)),
            keys: Some(KeyRing::generate(&random, now)),
            random: Some(random),
            db: Some(db),
            ..Overrides::default()
        };
        let program = Program::build(config, overrides).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let (stack, web) = (program.router(), program.config().web.clone());
        tokio::spawn(async move {
            let until = async { drop(stopped.await) };
            server.run(stack, &web, Duration::from_secs(1), until).await
        });
        let opened = program.opened();
        let app: &DemoApp = opened.app("demo").ok().unwrap();
        let shop = app.open(data.path()).await.ok().flatten().unwrap();
        Self {
            site: Site::new(&origin, program.accounts().clone()),
            program,
            shop,
            data,
            _stop: stop,
        }
    }

    fn visitor(&self) -> Visitor<'_> {
        Visitor {
            demo: self,
            browser: Browser::new(&self.site).header("accept-language", "en"),
        }
    }

    /// Lets the callbacks go.
    async fn settle(&self) {
        self.program.engine().settle().await.unwrap();
    }
}

/// Somebody who opens the demo in a browser.
struct Visitor<'a> {
    demo: &'a Demo,
    browser: Browser,
}

impl Visitor<'_> {
    /// The page, in which no credential of the shop may be found.
    async fn page(&self) -> Answer {
        let page = self.browser.get("/demo").await.assert_status(200);
        for secret in [
            &self.demo.shop.client_secret,
            &self.demo.shop.key.base64,
            &self.demo.shop.key.jwk.k,
        ] {
            assert!(!page.text.contains(secret.as_str()), "a secret is shown");
        }
        page
    }

    async fn shows(&self, words: &str) {
        let page = self.page().await;
        assert!(
            page.text.contains(words),
            "{words:?} is not in {}",
            page.text
        );
    }

    async fn phone(&self, device: &[(&str, &str)]) -> Value {
        self.browser
            .post("/demo/phone", device)
            .await
            .assert_status(200)
            .body
    }

    /// Pairs the phone as the page does.
    async fn pair(&self) -> Phone {
        let code = self.phone(&[]).await["pairing_code"].clone();
        Phone::pair(&self.demo.site, code.as_str().unwrap()).await
    }

    async fn ask(&self, fields: &[(&str, &str)]) {
        let (number, _) = asked().unwrap().phone.unwrap();
        let fields = [&[("phone_number", number)], fields].concat();
        self.browser
            .post("/demo/ask", &fields)
            .await
            .assert_status(302);
    }

    /// The number that the shop shows.
    async fn number(&self) -> String {
        let page = self.page().await;
        let (_, rest) = page.text.split_once("class=\"demo-code\"").unwrap();
        let (_, rest) = rest.split_once('>').unwrap();
        rest.split('<').next().unwrap().to_owned()
    }
}

/// The request that waits on the phone.
async fn waiting(phone: &Phone) -> Value {
    let pending = phone.get("/api/v1/auth/pending").await.assert_status(200);
    pending.body["requests"][0].clone()
}

async fn confirm(phone: &Phone, number: &str, pin: &str) -> Answer {
    let id = waiting(phone).await["transaction_id"].clone();
    let body = json!({ "transaction_id": id, "binding_code": number, "pin_code": pin });
    phone.post("/api/v1/auth/confirm").json(body).await
}

fn pin() -> &'static str {
    asked().unwrap().phone.unwrap().1
}

hanok_db::both_engines! {
    async fn the_shop_learns_who_it_is_and_only_its_visitor_sees_it(db: Db) {
        let demo = Demo::start(db).await;
        let (visitor, other) = (demo.visitor(), demo.visitor());
        let phone = visitor.pair().await;
        visitor.ask(&[]).await;
        confirm(&phone, &visitor.number().await, pin()).await.assert_status(200);
        demo.settle().await;
        visitor.shows("Identity verified").await;
        visitor.shows("MC0GCCqGSIb3DQIJAyEA").await;
        visitor.shows("Opened with the shop").await;
        assert!(!other.page().await.text.contains("MC0GCCqGSIb3DQIJAyEA"));

        visitor.browser.post("/demo/result", &[]).await.assert_status(302);
        visitor.shows("encrypted anew").await;
        visitor.browser.post("/demo/result", &[]).await.assert_status(302);
        visitor.shows("result_gone").await;
    }

    async fn what_goes_wrong_explains_itself(db: Db) {
        let demo = Demo::start(db).await;
        let visitor = demo.visitor();
        let phone = visitor.pair().await;

        visitor.ask(&[]).await;
        confirm(&phone, &visitor.number().await, "135790").await.assert_status(401);
        demo.settle().await;
        visitor.shows("The number or the PIN was wrong").await;

        visitor.ask(&[]).await;
        let (shown, request) = (visitor.number().await, waiting(&phone).await);
        let choices = request["choices"].as_array().unwrap().iter();
        let wrong = choices.filter_map(Value::as_str).find(|choice| *choice != shown);
        confirm(&phone, wrong.unwrap(), pin()).await.assert_status(400);
        demo.settle().await;
        visitor.shows("The number or the PIN was wrong").await;

        visitor.ask(&[]).await;
        let denied = json!({ "transaction_id": waiting(&phone).await["transaction_id"] });
        phone.post("/api/v1/auth/deny").json(denied).await.assert_status(200);
        demo.settle().await;
        visitor.shows("The person said no").await;

        visitor.ask(&[]).await;
        visitor.ask(&[]).await;
        demo.settle().await;
        visitor.shows("(superseded)").await;

        visitor.browser.post("/demo/ask", &[("phone_number", "010-9999-0000")]).await.assert_status(302);
        visitor.shows("No account has proven this number").await;
    }

    async fn a_request_that_nobody_answers_expires_on_the_page(db: Db) {
        let demo = Demo::start(db).await;
        let visitor = demo.visitor();
        visitor.ask(&[("seconds", "30")]).await;
        visitor.shows("0:30").await;
        demo.program.clock().advance(Duration::from_secs(31));
        visitor.shows("Its time has passed").await;
        let opened = demo.program.opened();
        let app: &DemoApp = opened.app("demo").ok().unwrap();
        app.identity.as_ref().unwrap().expire_overdue().await.unwrap();
        demo.settle().await;
        visitor.shows("Time is up").await;
    }

    async fn the_phone_of_the_browser_is_known_until_it_begins_anew(db: Db) {
        let demo = Demo::start(db).await;
        let visitor = demo.visitor();
        let phone = visitor.pair().await;
        let device = [("device_id", phone.device_id())];
        assert_eq!(visitor.phone(&device).await["known"], true);
        visitor.ask(&[]).await;
        visitor.browser.post("/demo/reset", &device).await.assert_status(302);
        visitor.shows("Before you pay").await;
        phone.get("/api/v1/auth/pending").await.assert_status(401);
        assert_eq!(visitor.phone(&device).await["known"], false);
    }

    async fn two_browsers_that_open_at_once_both_get_a_phone(db: Db) {
        let demo = Demo::start(db).await;
        let (one, two) = (demo.visitor(), demo.visitor());
        let first = one.phone(&[]).await["pairing_code"].clone();
        let pairs = Phone::pair(&demo.site, first.as_str().unwrap());
        let (second, first) = tokio::join!(two.pair(), pairs);
        for phone in [first, second] {
            phone.get("/api/v1/auth/pending").await.assert_status(200);
        }
    }

    async fn the_sixth_browsers_phone_takes_the_place_of_the_first(db: Db) {
        let demo = Demo::start(db).await;
        let visitor = demo.visitor();
        let first = visitor.pair().await;
        for _ in 0..5 {
            demo.program.clock().advance(Duration::from_secs(1));
            visitor.pair().await;
        }
        first.get("/api/v1/auth/pending").await.assert_status(401);
    }

    async fn a_foreign_page_can_make_the_shop_do_nothing(db: Db) {
        let demo = Demo::start(db).await;
        let visitor = demo.visitor();
        for path in ["/demo/ask", "/demo/phone", "/demo/reset", "/demo/result"] {
            let call = visitor.browser.form(path, &[]).header("sec-fetch-site", "cross-site");
            visitor.browser.send(call).await.assert_status(403);
        }
    }

    async fn the_board_is_there_as_its_people_left_it_and_is_filled_once(db: Db) {
        let demo = Demo::start(db).await;
        let lists = async |username: &str| {
            let person = PEOPLE.iter().find(|person| person.username == username).unwrap();
            let given = json!({ "username": person.username, "password": person.password });
            let client = demo.site.client();
            let signed_in = client.post("/api/v1/auth/login").json(given).await.assert_status(200);
            let client = client.bearer(signed_in.body["access_token"].as_str().unwrap());
            let page = client.get("/api/v1/posts?page=1").await.assert_status(200).body;
            let names = client.get("/api/v1/categories").await.assert_status(200).body;
            let of = |one: &Value| one["name"].as_str().unwrap().to_owned();
            let names: Vec<String> = names["categories"].as_array().unwrap().iter().map(of).collect();
            (page["total"].as_u64().unwrap(), names)
        };
        let (all, names) = lists("admin").await;
        assert!(all >= 30, "{all}");
        assert_eq!(names, ["공지", "자유 게시판", "업무 공유", "홈페이지 개편"]);
        let (some, names) = lists("auditor").await;
        assert!(some < all && !names.contains(&"홈페이지 개편".to_owned()), "{some} {names:?}");
        let opened = demo.program.opened();
        let app: &DemoApp = opened.app("demo").ok().unwrap();
        app.open(demo.data.path()).await.ok().flatten().unwrap();
        assert_eq!(lists("admin").await.0, all, "once");
        let browser = &demo.visitor().browser;
        let form = [("user_id", "haneul"), ("password", PEOPLE[0].password)];
        browser.post("/login", &form).await.assert_status(302);
        let page = browser.get("/posts?page=2").await.assert_status(200).text;
        assert!(page.contains("한옥을 시작합니다"), "{page}");
        let found = browser.get("/search?q=%ED%9A%8C%EC%9D%98").await.assert_status(200).text;
        assert!(found.contains("<mark>회의</mark>"), "{found}");
    }
}
