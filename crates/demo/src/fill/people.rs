//! The people of a filled store: made by the same use case as everybody else, each with a number that
//! counts as proven, an address, a birthdate and a made-up CI, all sealed; most with a paired phone.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use hanok_accounts::account::NewAccount;
use hanok_accounts::birthdate::Birthdate;
use hanok_accounts::ci::Ci;
use hanok_accounts::email::EmailAddress;
use hanok_accounts::organisation::GroupName;
use hanok_accounts::password::Password;
use hanok_accounts::person_name::PersonName;
use hanok_accounts::phone::PhoneNumber;
use hanok_accounts::username::Username;
use hanok_accounts::{Accounts, Fault};
use hanok_base::Timestamp;
use hanok_db::{DbError, InsertMany, Param, Tx, Value};
use hanok_web::Ctx;
use jiff::civil::Date;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::dice::Dice;
use super::world::{Ids, Person};

/// A password that everybody may know, of everybody.
pub(super) const PASSWORD: &str = "Gadeuk-2026-chaeum!";

/// Accounts that are made at once: they share a commit.
const AT_ONCE: usize = 64;
/// In a thousand.
const WITH_PHONE: u64 = 850;

const SURNAMES: [&str; 12] = [
    "김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오",
];
const GIVEN_NAMES: [&str; 24] = [
    "서연", "민준", "지우", "도윤", "하은", "시우", "수아", "주원", "지안", "예준", "하린", "은우",
    "다은", "지호", "채원", "건우", "유나", "현우", "소율", "준서", "나윤", "태윤", "가온", "하늘",
];
const DEPARTMENTS: [&str; 8] = [
    "총무팀",
    "인사팀",
    "회계팀",
    "개발팀",
    "영업팀",
    "고객지원팀",
    "법무팀",
    "연구소",
];

/// Makes `count` people who have been there since `since`.
///
/// # Errors
/// Those of the use case.
pub(super) async fn make(
    accounts: &Accounts,
    ids: &Ids,
    dice: &mut Dice,
    count: usize,
    since: Timestamp,
) -> Result<Vec<Person>, Fault> {
    let password = Password::new(PASSWORD);
    let place = accounts.hashes.reserve()?;
    // One hash for all: made for each, it would take longer than everything else.
    let hash = place.hash(password.expose().as_bytes()).await?;
    let ctx = Ctx::program("hanok demo fill", since);
    let mut people = Vec::with_capacity(count);
    let numbers: Vec<usize> = (1..=count).collect();
    for some in numbers.chunks(AT_ONCE) {
        let mut making = JoinSet::new();
        for number in some {
            let new = new_account(*number, dice, accounts, &hash).map_err(Fault::Internal)?;
            let (accounts, ctx, number) = (accounts.clone(), ctx.clone(), *number);
            making.spawn(async move { (number, make_one(&accounts, &ctx, new).await) });
        }
        let mut made = making.join_all().await;
        made.sort_by_key(|(number, _)| *number);
        for (_, person) in made {
            people.push(person?);
        }
    }
    pair(accounts, ids, dice, &mut people, since).await?;
    Ok(people)
}

fn new_account(
    number: usize,
    dice: &mut Dice,
    accounts: &Accounts,
    hash: &str,
) -> Result<NewAccount, String> {
    let username = format!("person{number:06}");
    let given = dice.pick(&GIVEN_NAMES).unwrap_or_default();
    let name = format!("{}{given}", dice.pick(&SURNAMES).unwrap_or_default());
    let email = format!("{username}@hanok.example");
    let born = format!(
        "{}-{:02}-{:02}",
        1950 + dice.below(56),
        1 + dice.below(12),
        1 + dice.below(28)
    );
    let department = dice.pick(&DEPARTMENTS).map(GroupName::parse).transpose();
    let department = department.map_err(wrong)?;
    let new = NewAccount::new(
        Username::parse(&username).map_err(wrong)?,
        PersonName::parse(&name).map_err(wrong)?,
        None,
    );
    Ok(NewAccount {
        password_hash: Some(hash.to_owned()),
        email: Some(EmailAddress::parse(&email).map_err(wrong)?),
        birthdate: Some(Birthdate::parse(&born, Date::MAX).map_err(wrong)?),
        phone: Some(PhoneNumber::parse(&phone(number)).map_err(wrong)?),
        phone_proven: true,
        ci: Some((Ci::synthetic(&accounts.random), true)),
        department: department.filter(|_| dice.in_thousand(700)),
        ..new
    })
}

/// None of them is a number of the demo's own people.
fn phone(number: usize) -> String {
    format!("010{}", 20_000_000 + number)
}

fn wrong(fault: impl std::fmt::Display) -> String {
    format!("a person of `hanok demo fill`: {fault}")
}

async fn make_one(accounts: &Accounts, ctx: &Ctx, new: NewAccount) -> Result<Person, Fault> {
    let index = new
        .phone
        .as_ref()
        .map(|phone| accounts.phone_indexes(phone));
    let ci = new.ci.as_ref().map(|(ci, _)| ci.clone());
    let row = accounts.create(ctx, new).await?;
    let missing = || Fault::Internal(wrong("no number or no CI"));
    Ok(Person {
        id: row.id,
        phone_index: index
            .and_then(|indexes| indexes.first().map(|(_, index)| *index))
            .ok_or_else(missing)?,
        ci: ci.ok_or_else(missing)?,
        device: None,
        last_login: None,
    })
}

/// A paired phone with a key of its own, for most.
async fn pair(
    accounts: &Accounts,
    ids: &Ids,
    dice: &mut Dice,
    people: &mut [Person],
    since: Timestamp,
) -> Result<(), Fault> {
    let mut phones = Vec::new();
    for person in people.iter_mut().filter(|_| dice.in_thousand(WITH_PHONE)) {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(|fault| Fault::Internal(wrong(fault)))?;
        let id = ids.at(since);
        person.device = Some(id);
        phones.push((id, person.id.uuid(), key.public_key().as_ref().to_vec()));
    }
    let unit = async move |tx: &mut Tx| insert_phones(tx, &phones, since).await;
    Ok(accounts.db.write::<_, DbError, _>(unit).await?)
}

async fn insert_phones(
    tx: &mut Tx,
    phones: &[(Uuid, Uuid, Vec<u8>)],
    since: Timestamp,
) -> Result<(), DbError> {
    static PHONES: InsertMany<5> =
        InsertMany::new("INSERT INTO device (id, account_id, name, public_key, created_at)");
    let rows: Vec<[Value<'_>; 5]> = phones
        .iter()
        .map(|(id, account, key)| {
            [
                id.value(),
                account.value(),
                "휴대전화".value(),
                key.value(),
                since.value(),
            ]
        })
        .collect();
    PHONES.execute(tx, &rows).await
}

/// Writes down when each signed in last.
pub(super) async fn tell_last_logins(
    accounts: &Accounts,
    people: &[Person],
) -> Result<(), DbError> {
    const SQL: &str = "UPDATE account SET last_login_at = $2 WHERE id = $1";
    for some in people.chunks(1_000) {
        let seen: Vec<_> = some
            .iter()
            .filter_map(|person| person.last_login.map(|at| (person.id, at)))
            .collect();
        let unit = async move |tx: &mut Tx| {
            for (person, at) in &seen {
                tx.execute(SQL, hanok_db::params![person, at]).await?;
            }
            Ok(())
        };
        accounts.db.write::<_, DbError, _>(unit).await?;
    }
    Ok(())
}
