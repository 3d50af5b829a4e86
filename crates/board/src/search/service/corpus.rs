//! The made corpus that tests of the search look through.

use hanok_accounts::AccountId;
use hanok_db::{Db, DbError, Tx, params};
use uuid::Uuid;

use crate::category::right::Viewer;
use crate::search::index;

/// Writes and reads; is called 김하늘.
pub(in crate::search) const SKY: u128 = 1;
/// Writes too; is called 이회의.
pub(in crate::search) const MEETING: u128 = 2;
/// Open to all.
pub(in crate::search) const OPEN: u128 = 0xA1;
/// Read by the role `lab`.
const CLOSED: u128 = 0xA2;

/// Number, author, category, title, text.
pub(in crate::search) type Post = (i64, u128, u128, &'static str, &'static str);
/// Number, post, text.
type Comment = (i64, i64, &'static str);

const POSTS: &[Post] = &[
    (
        1,
        SKY,
        OPEN,
        "주간 회의 안내",
        "월요일 **회의**는 3층 회의실에서 합니다.",
    ),
    (
        2,
        SKY,
        OPEN,
        "회의록을 올립니다",
        "지난주 회의록입니다. [위키](https://wiki.example/deploy)에도 있습니다.",
    ),
    (
        3,
        SKY,
        OPEN,
        "공지사항",
        "연말정산 서류를 내 주세요. 방문객은 안내소로.",
    ),
    (
        4,
        SKY,
        OPEN,
        "휴가 신청 방법",
        "휴가신청서를 `deploy` 하지 마세요.",
    ),
    (
        5,
        SKY,
        OPEN,
        "서버 장애 보고",
        "어제 서버에 장애가 있었습니다. API를 다시 올렸습니다.",
    ),
    (
        6,
        SKY,
        CLOSED,
        "회의 비밀",
        "서버 장애 연말정산 API를 방 deploy 휴가 신청 공지사항 회의실 회의록을",
    ),
    (7, MEETING, OPEN, "점심 메뉴", "오늘은 다방 앞 국밥집"),
    (
        8,
        SKY,
        OPEN,
        "Deployment 순서",
        "apis 목록과 휴가 뒤 신청, 회 의 나눔",
    ),
    (9, SKY, OPEN, "회의를 미룹니다", "금요일로"),
    (10, SKY, OPEN, "조각난 낱말", "회의 의록 록을, 공지 사항"),
    (
        11,
        SKY,
        OPEN,
        "\u{1112}\u{116c}\u{110b}\u{1174} 풀어쓰기",
        "NFC로 모읍니다. 뷁스러운",
    ),
    (12, SKY, OPEN, "API 문서", "회의에서 정한 API 목록"),
];

const COMMENTS: &[Comment] = &[
    (1, 1, "회의실이 바뀌었나요?"),
    (2, 6, "비밀 회의 댓글"),
    (3, 7, "국밥 좋아요, 회의 뒤에 갑시다"),
    (4, 5, "API를 누가 고쳤죠"),
];

pub(in crate::search) fn sets() -> Vec<hanok_db::MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(hanok_notifications::migrations());
    sets.push(crate::migrations());
    sets
}

pub(in crate::search) async fn fill(db: &Db) -> Result<(), DbError> {
    const ACCOUNT: &str = "INSERT INTO account (id, username, username_key, name, created_at) VALUES ($1, $2, $2, $3, 1)";
    const CATEGORY: &str = "INSERT INTO board_category (id, name, name_key, description, kind, position, everyone_reads, \
        everyone_writes, created_at) VALUES ($1, $2, $2, '', 'free', $3, $4, $4, 1)";
    const RIGHT: &str = "INSERT INTO board_category_right (category_id, action, kind, role) VALUES ($1, 'read', 'role', 'lab')";
    db.write::<_, DbError, _>(async |tx| {
        for (id, username, name) in [(SKY, "sky", "김하늘"), (MEETING, "meeting", "이회의")] {
            tx.execute(ACCOUNT, params![Uuid::from_u128(id), username, name])
                .await?;
        }
        for (id, name, open) in [(OPEN, "open", true), (CLOSED, "closed", false)] {
            let position = i64::from(!open);
            tx.execute(CATEGORY, params![Uuid::from_u128(id), name, position, open])
                .await?;
        }
        tx.execute(RIGHT, params![Uuid::from_u128(CLOSED)]).await?;
        for post in POSTS {
            write(tx, *post).await?;
        }
        for (_, post, text) in COMMENTS {
            comment(tx, *post, text).await?;
        }
        Ok(())
    })
    .await
}

/// Serials are given by the store, from 1 on.
pub(in crate::search) async fn write(tx: &mut Tx, post: Post) -> Result<(), DbError> {
    const POST: &str = "INSERT INTO board_post (id, category_id, author_id, title, body, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6) RETURNING serial";
    let (at, author, category, title, body) = post;
    let id = Uuid::from_u128(0xB000_0000 + u128::from(at.unsigned_abs()));
    let (category, author) = (Uuid::from_u128(category), Uuid::from_u128(author));
    let serial: i64 = tx
        .one(POST, params![id, category, author, title, body, at])
        .await?;
    assert_eq!(serial, at);
    index::post(tx, serial, title, body).await
}

pub(in crate::search) async fn comment(tx: &mut Tx, post: i64, text: &str) -> Result<(), DbError> {
    const COMMENT: &str = "INSERT INTO board_comment (id, post, author_id, body, created_at) \
        VALUES ($1, $2, $3, $4, 1) RETURNING serial";
    const COUNT: &str = "SELECT COUNT(*) FROM board_comment";
    let count: i64 = tx.one(COUNT, &[]).await?;
    let id = Uuid::from_u128(0xC000_0000 + u128::from(count.unsigned_abs()));
    let author = Uuid::from_u128(SKY);
    let serial: i64 = tx.one(COMMENT, params![id, post, author, text]).await?;
    index::comment(tx, serial, text).await
}

pub(in crate::search) fn viewer(id: u128, is_moderator: bool) -> Viewer {
    let account = AccountId::from_uuid(Uuid::from_u128(id));
    Viewer {
        account,
        is_moderator,
    }
}
