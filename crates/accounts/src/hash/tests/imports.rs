//! Hashes that Django 5.2, Werkzeug 3.1, argon2-cffi 25.1 and bcrypt 5.0 made of made-up passwords.

use super::*;

const SECRET: &str = "Maru-made-up-7!";
const KOREAN: &str = "한옥마루-2026!";

async fn verdict(secret: &str, stored: &str) -> Verdict {
    let pool = small_pool(0);
    pool.reserve()
        .unwrap()
        .verify(secret.as_bytes(), stored)
        .await
        .unwrap()
}

async fn assert_imports(secret: &str, stored: &str) {
    let imported = Verdict {
        ok: true,
        needs_upgrade: true,
    };
    assert_eq!(check_stored(stored), Ok(()), "{stored}");
    assert_eq!(verdict(secret, stored).await, imported, "{stored}");
    let wrong = verdict(&secret.to_lowercase().replace('옥', "욱"), stored).await;
    assert_eq!(
        wrong,
        Verdict {
            ok: false,
            needs_upgrade: true
        },
        "{stored}"
    );
}

#[tokio::test]
async fn django_hashes_verify() {
    for stored in [
        "pbkdf2_sha256$1000$Zb3kQ9xWmT1a$a68LYZlx6g6POso7sSuzkHUb8xPX4YLoVwtv3hahAy8=",
        "pbkdf2_sha256$1000000$IY8VqsIN2vY7HGr8CcGyYw$iwGkpxkv2nEG6kCZ5/zEqUxPWspwssat3NcEmOZfgWw=",
        "pbkdf2_sha1$1000000$46przjiXeq6JXJ59NXuwlj$zZ0B20zmLTpHTIImiPjId+VXUNg=",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$VXdTY055Y1h3YjNVamt0MlNVSHV3WA$R+AVpmQUqc2Q1vmacyjRwBlfkUqYfYhGgumN1URzMNY",
        "bcrypt_sha256$$2b$12$WuG3OsJ826obl8.UFKQCReBKqJNeAuZZhPV6zfTwpIoI43m2HOb7a",
        "bcrypt_sha256$$2b$04$PQp5LoyqnUguSzYXZGeS3eJzYf5bs.Wtdxyb70A3S/HPcz9cjMOzW",
        "bcrypt$$2b$04$WRH68IWG4Q7AB3EA.iU5/.NeyRxA9Onp6qfZNQeIEoXrfaWWpT5fe",
        "scrypt$16384$hvAfcXWiU0E0cdXu0YkPfK$8$5$hEJh/FWne/aXYavC5g0U8FGXXLAO/j2ZOFYRmeepW5ysujfswEBFFFup/sCBcxyDB4VVIfk2OYQwmOIaNOtn4Q==",
    ] {
        assert_imports(SECRET, stored).await;
    }
    assert_imports(
        KOREAN,
        "pbkdf2_sha256$1000000$yLopnEgivV72DFOi9PDgpf$08UV7LCzCmUn68JbBebFyLGtzUBkQGDEvHdCrZ9mlLE=",
    )
    .await;
}

#[tokio::test]
async fn werkzeug_hashes_verify() {
    for stored in [
        "scrypt:32768:8:1$NFsbjYb3ydqzAmII$3e7a69942a37fdf8a3980985826a6ce9d69dc0adb9de483dfe53cf6e5821e76defb993ca870ccb0b10ae8cfc27cc0dd8ac83d80204806d1156772e12025266c2",
        "scrypt:16384:8:1$6iULdHshZnrh0t6h$956ad3679347044da4daf81b6f4975d745cd525dd1e00d9f6a0fb92f3e68e4ca34ffba979ec7d50dcb22cfc7f2d9e8b530c3418ede8d13e247f48178ed3d8165",
        "pbkdf2:sha256:1000000$wCwTdpnTiuvHtWW8$35f23d1fe2a8764babf731c62dbf9482cc476b756119c5dac5a7ad812b7230a7",
        "pbkdf2:sha256:1000$xB2DRRvGMW59pW9S$ba94512f71984ab8cee9539d55442db5481af1a6a859878d8fce68d70c98a7c2",
        "pbkdf2:sha512:1000$1WArZspnzB5zNTwK$16ed8b07baf3e76d86caca15edb90ee0e679b9bd27fcb803bcce3166c0efcd3f94243271cce61f26fd14e7deb727ff605587b7a7dbeec71c190c229a5eec055c",
        "pbkdf2:sha1:1000$QcpNkce4Z1gyOLHW$d94f1c042bda7bf76e0c06265c3aba513f38c049",
    ] {
        assert_imports(SECRET, stored).await;
    }
    assert_imports(
        KOREAN,
        "scrypt:32768:8:1$iwYBYheFYHSFRdN8$eaca83fd3d3935ce3633ad64a4bb2eac8a4dabc4a3cffb17fe861a6a0229537eb80325b8669699328a7dda5818badb4086ee197854cce6e091d68b528c181bc3",
    )
    .await;
}

#[tokio::test]
async fn bcrypt_and_argon2_hashes_verify() {
    for stored in [
        "$2b$04$wzSyCttfNMaet11i3uNJx.C2pMEXe.HOyFNUJ1RdkqfphtlweLJZG",
        "$2a$05$jViFKJOEy/4EMQghFKTmnexSRhpbgP0gGZza44J74Ppct/8bFybNa",
        "$2y$05$jViFKJOEy/4EMQghFKTmnexSRhpbgP0gGZza44J74Ppct/8bFybNa",
        "$argon2id$v=19$m=19456,t=2,p=1$xsMpaigU8whyYMxbRM9owA$rAIHFbTZKLrEBUYFnwGummpP7o+O47bsDgJbBSepPME",
        "$argon2id$v=19$m=64,t=1,p=2$7Vd0E51j5df1Y8kZBs0Ryw$6xgIyLRsdnEbXyQqLaFC581DD7FjXnXSUYVt10msZv8",
        "$argon2i$v=19$m=64,t=1,p=2$qTOiAFXB4CUmUvjkoTTqLA$04INucUaW+l+8TA0H1NUWKEvak0qrI0uyCXkEa03LAo",
        "$argon2d$v=19$m=64,t=1,p=1$fCp4i2h2An7MS28A1iy9bQ$nlqw2znmXvbEnnAc/3ofrkz6dfzwLZLz7AJEs6qhCnU",
    ] {
        assert_imports(SECRET, stored).await;
    }
}

#[tokio::test]
async fn bcrypt_reads_72_bytes_as_it_does_elsewhere() {
    let stored = "$2b$04$uHuej5AJj42euMIIpmeY7eDP/WwCel6bGU.RVpVQLi01yvqD1yjoO";
    assert_imports(&"Long-made-up-pass-7!".repeat(5), stored).await;
}

#[test]
fn what_would_hang_the_server_is_excessive() {
    let hex = "ab".repeat(64);
    let argon2 =
        |costs: &str| format!("$argon2id$v=19${costs}$c2FsdHNhbHRzYWx0$NyfsBVhmTVSfN1XfuGB5Dg");
    for stored in [
        argon2("m=131073,t=1,p=1"),
        argon2("m=102400,t=6,p=1"),
        argon2("m=1024,t=4294967295,p=1"),
        argon2("m=1024,t=1,p=17"),
        argon2("m=99999999999,t=1,p=1"),
        "pbkdf2_sha256$2000001$salt$a68LYZlx6g6POso7sSuzkHUb8xPX4YLoVwtv3hahAy8=".into(),
        "pbkdf2_sha256$99999999999$salt$a68LYZlx6g6POso7sSuzkHUb8xPX4YLoVwtv3hahAy8=".into(),
        format!("scrypt:262144:8:1$salt${hex}"),
        format!("scrypt:9223372036854775808:4294967295:4294967295$salt${hex}"),
        format!("scrypt:32768:8:5$salt${hex}"),
        "$2b$15$wzSyCttfNMaet11i3uNJx.C2pMEXe.HOyFNUJ1RdkqfphtlweLJZG".into(),
        format!("pbkdf2_sha256$1000${}$YQ==", "s".repeat(500)),
    ] {
        assert_eq!(
            check_stored(&stored),
            Err(StoredFault::Excessive),
            "{stored}"
        );
    }
}

#[test]
fn what_is_damaged_is_malformed() {
    let hex = "ab".repeat(64);
    for stored in [
        "$argon2id$v=19$m=64,t=1,p=2$7Vd0E51j5df1Y8kZBs0Ryw".to_owned(),
        "$argon2id$v=19$m=64,t=1,p=2$c2FsdA$6xgIyLRsdnEbXyQqLaFC581DD7FjXnXSUYVt10msZv8".into(),
        "$argon2id$v=19$m=64,t=1,p=2$7Vd0E51j5df1Y8kZBs0Ryw$YWJj".into(),
        "$argon2id$v=19$m=64,t=1,p=2,data=YWJj$7Vd0E51j5df1Y8kZBs0Ryw$6xgIyLRsdnEbXyQqLaFC581DD7FjXnXSUYVt10msZv8".into(),
        "$argon2id$v=19$t=1,m=64,p=2$7Vd0E51j5df1Y8kZBs0Ryw$6xgIyLRsdnEbXyQqLaFC581DD7FjXnXSUYVt10msZv8".into(),
        "$argon2id$v=19$m=8,t=1,p=2$7Vd0E51j5df1Y8kZBs0Ryw$6xgIyLRsdnEbXyQqLaFC581DD7FjXnXSUYVt10msZv8".into(),
        "pbkdf2_sha256$0$salt$a68LYZlx6g6POso7sSuzkHUb8xPX4YLoVwtv3hahAy8=".into(),
        "pbkdf2_sha256$+1000$salt$a68LYZlx6g6POso7sSuzkHUb8xPX4YLoVwtv3hahAy8=".into(),
        "pbkdf2_sha256$1000$$a68LYZlx6g6POso7sSuzkHUb8xPX4YLoVwtv3hahAy8=".into(),
        "pbkdf2_sha256$1000$salt$YWJj".into(),
        "pbkdf2_sha256$1000$sa\0lt$a68LYZlx6g6POso7sSuzkHUb8xPX4YLoVwtv3hahAy8=".into(),
        "pbkdf2_sha256$1000$sa lt$a68LYZlx6g6POso7sSuzkHUb8xPX4YLoVwtv3hahAy8=".into(),
        format!("scrypt:1024:8:1$소금${hex}"),
        format!("scrypt:1000:8:1$salt${hex}"),
        format!("scrypt:0:8:1$salt${hex}"),
        format!("scrypt:1024:0:1$salt${hex}"),
        format!("scrypt:1024:8:1$salt${hex}ab"),
        "$2b$03$wzSyCttfNMaet11i3uNJx.C2pMEXe.HOyFNUJ1RdkqfphtlweLJZG".into(),
        "$2b$04$wzSyCttfNMaet11i3uNJx.C2pMEXe.HOyFNUJ1RdkqfphtlweLJZ".into(),
        "$2b$04$wzSyCttfNMaet11i3uNJ한.C2pMEXe.HOyFNUJ1RdkqfphtlweLJZG".into(),
    ] {
        assert_eq!(check_stored(&stored), Err(StoredFault::Malformed), "{stored}");
    }
}

#[test]
fn other_kinds_are_unknown() {
    for stored in [
        "",
        "!",
        "plain",
        "md5$salt$900150983cd24fb0d6963f7d28e17f72",
        "$1$salt$hash",
        "$2x$04$wzSyCttfNMaet11i3uNJx.C2pMEXe.HOyFNUJ1RdkqfphtlweLJZG",
        "$argon2x$v=19$m=64,t=1,p=2$7Vd0E51j5df1Y8kZBs0Ryw$6xgIyLRsdnEbXyQqLaFC581DD7FjXnXSUYVt10msZv8",
        "pbkdf2:md5:1000$salt$900150983cd24fb0d6963f7d28e17f72",
        "bcrypt$2b$04$wzSyCttfNMaet11i3uNJx.C2pMEXe.HOyFNUJ1RdkqfphtlweLJZG",
    ] {
        assert_eq!(check_stored(stored), Err(StoredFault::Unknown), "{stored}");
    }
}
