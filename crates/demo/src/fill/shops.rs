//! The providers of a filled store: made by the same use case as everybody else's.

use hanok_base::Timestamp;
use hanok_db::{Conn, DbError, params};
use hanok_identity::provider::ProviderIn;
use hanok_identity::{Fault, Identity};
use hanok_web::Ctx;

use super::world::{Shop, Wants};

const FIRST_NAMES: [&str; 20] = [
    "가람", "나래", "다솜", "라온", "마루", "바다", "새봄", "아라", "이든", "자람", "찬들", "큰솔",
    "타래", "푸른", "하람", "한별", "누리", "단비", "미르", "보람",
];
const TRADES: [&str; 8] = [
    "쇼핑", "은행", "여행", "통신", "보험", "서점", "병원", "게임",
];

/// The site code of the first: where it is there, the store is filled.
const FIRST_CODE: &str = "FILL-001";

/// Whether somebody has filled this store before.
pub(super) async fn are_there(conn: &mut Conn) -> Result<bool, DbError> {
    const SQL: &str = "SELECT COUNT(*) FROM service_provider WHERE site_code = $1";
    Ok(conn.one::<i64>(SQL, params![FIRST_CODE]).await? > 0)
}

/// Makes `count` providers that have been there since `since`.
///
/// # Errors
/// Those of the use case.
pub(super) async fn make(
    identity: &Identity,
    count: usize,
    since: Timestamp,
) -> Result<Vec<Shop>, Fault> {
    let ctx = Ctx::program("hanok demo fill", since);
    let mut shops = Vec::with_capacity(count);
    for number in 0..count {
        let shop = Shop {
            id: hanok_identity::ProviderId::from_uuid(uuid::Uuid::nil()),
            site_code: format!("FILL-{:03}", number + 1),
            wants: match (number % 4, number % 5) {
                (3, _) => Wants::ToFetch,
                (_, 4) => Wants::Completions,
                _ => Wants::EveryEnd,
            },
            hides_unknown: number % 10 == 7,
            ci_entitled: number.is_multiple_of(3),
        };
        let input = input(number, &shop).check(identity.http.policy())?;
        let made = identity.create_provider(&ctx, input).await?;
        shops.push(Shop {
            id: made.provider.id,
            ..shop
        });
    }
    Ok(shops)
}

fn input(number: usize, shop: &Shop) -> ProviderIn {
    let callback = format!("https://shop{:03}.example.com/identity", number + 1);
    let (delivery, notify) = match shop.wants {
        Wants::ToFetch => ("poll", "all"),
        Wants::EveryEnd => ("callback", "all"),
        Wants::Completions => ("callback", "completed"),
    };
    ProviderIn {
        name: Some(name(number)),
        callback_url: (shop.wants != Wants::ToFetch).then_some(callback),
        delivery: Some(delivery.to_owned()),
        notify: Some(notify.to_owned()),
        site_code: Some(shop.site_code.clone()),
        hide_unknown_users: Some(shop.hides_unknown),
        ci_entitled: Some(shop.ci_entitled),
        ..ProviderIn::default()
    }
}

fn name(number: usize) -> String {
    let first = FIRST_NAMES.get(number % FIRST_NAMES.len());
    let trade = TRADES.get((number / FIRST_NAMES.len() + number) % TRADES.len());
    let (first, trade) = (
        first.copied().unwrap_or_default(),
        trade.copied().unwrap_or_default(),
    );
    let round = number / (FIRST_NAMES.len() * TRADES.len());
    if round == 0 {
        format!("{first} {trade}")
    } else {
        format!("{first} {trade} {}", round + 1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_hundred_providers_have_a_hundred_names() {
        let names: BTreeSet<String> = (0..100).map(name).collect();
        assert_eq!(names.len(), 100);
    }
}
