//! Lists by keyset and by number.

use hanok_db::paging::{Cursor, Key, NumberedPage, PagingError};
use hanok_db::{Db, DbError, Page, PageRequest, both_engines, params};
use uuid::Uuid;

use crate::schema::SETS;

type Person = (Uuid, i64);

const FORWARDS: &str = "
    SELECT id, age FROM person WHERE $1 OR age > $2 OR (age = $2 AND id > $3) ORDER BY age, id LIMIT $4";
const BACKWARDS: &str = "
    SELECT id, age FROM person WHERE $1 OR age < $2 OR (age = $2 AND id < $3) ORDER BY age DESC, id DESC LIMIT $4";

async fn page(db: &Db, cursor: Option<&str>) -> Result<Page<Person>, DbError> {
    let request =
        PageRequest::new(Some(3), cursor).map_err(|error| DbError::Other(error.to_string()))?;
    let sql = if request.is_backwards() {
        BACKWARDS
    } else {
        FORWARDS
    };
    let (key, id) = request
        .cursor()
        .map_or((Key::Number(0), Uuid::nil()), |cursor| {
            (cursor.key.clone(), cursor.id)
        });
    let rows = db
        .read(async |c| {
            c.all(
                sql,
                params![request.cursor().is_none(), key, id, request.rows()],
            )
            .await
        })
        .await?;
    Ok(Page::new(&request, rows, |(id, age): &Person| {
        (Key::Number(*age), *id)
    }))
}

fn ages(page: &Page<Person>) -> Vec<i64> {
    page.items.iter().map(|(_, age)| *age).collect()
}

both_engines! {
    sets(SETS);

    async fn a_list_is_leafed_through_forwards_and_back(db: Db) {
        db.write(async |tx| {
            // Two share an age, so that the id decides.
            for (id, age) in [(1_u128, 10_i64), (2, 20), (3, 30), (4, 30), (5, 40), (6, 50), (7, 60)] {
                let sql = "INSERT INTO person (id, username, age) VALUES ($1, $2, $3)";
                tx.execute(sql, params![Uuid::from_u128(id), id.to_string(), age]).await?;
            }
            Ok::<_, DbError>(())
        }).await?;
        let first = page(&db, None).await?;
        assert_eq!((ages(&first), &first.previous), (vec![10, 20, 30], &None));
        let second = page(&db, first.next.as_deref()).await?;
        assert_eq!(ages(&second), [30, 40, 50]);
        let third = page(&db, second.next.as_deref()).await?;
        assert_eq!((ages(&third), &third.next), (vec![60], &None));
        assert_eq!(page(&db, third.previous.as_deref()).await?, second);
        let back = page(&db, second.previous.as_deref()).await?;
        assert_eq!((back.items, back.previous), (first.items, None));
    }
}

#[test]
fn a_cursor_reads_back_and_nothing_else_does() {
    for key in [
        Key::Number(i64::MIN),
        Key::Number(7),
        Key::Text("한국어".to_owned()),
        Key::Text(String::new()),
    ] {
        let cursor = Cursor {
            backwards: true,
            key,
            id: Uuid::from_u128(9),
        };
        assert_eq!(Cursor::decode(&cursor.encode()), Ok(cursor));
    }
    for text in ["", "AA", "!", &"A".repeat(40), &"_".repeat(40)] {
        assert_eq!(Cursor::decode(text), Err(PagingError::Cursor), "{text}");
    }
}

#[test]
fn pages_have_bounds() {
    assert_eq!(PageRequest::new(Some(0), None), Err(PagingError::Limit));
    assert_eq!(PageRequest::new(Some(101), None), Err(PagingError::Limit));
    assert_eq!(NumberedPage::new(Some(0), None), Err(PagingError::Number));
    assert_eq!(NumberedPage::new(Some(501), None), Err(PagingError::Number));
    let page = NumberedPage::new(Some(500), Some(100)).expect("the last page");
    assert_eq!(
        (
            page.offset(),
            page.limit(),
            page.pages(0),
            page.pages(101),
            page.pages(1 << 40)
        ),
        (49_900, 100, 1, 2, 500)
    );
}
