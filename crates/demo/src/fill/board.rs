//! The board of a filled store: posts through the whole past, what was said to them and who has read them.

use std::collections::BTreeSet;
use std::time::Duration;

use hanok_accounts::command::Failure;
use hanok_board::{Board, FilledCategory, Past, PastComment, PastPost, PastUnit};
use hanok_db::{DbError, Tx, params};
use tokio::task::JoinHandle;

use super::dice::Dice;
use super::progress::Progress;
use super::texts;
use super::world::World;

/// Posts that one unit writes.
const POSTS_OF_A_UNIT: u64 = 500;
/// Of so many posts in a row one gets half of their comments.
const GROUP: u64 = 10;
/// In a thousand comments.
const ANSWERS: u64 = 250;
/// Most people who have read a post, besides its author.
const READERS: u64 = 8;

/// Beside the first two.
const CATEGORIES: &[FilledCategory] = &[
    open("업무 공유", "진행하는 일을 나눕니다."),
    open("질문과 답", "모르는 것을 묻고 답합니다."),
    open("정보기술", "서버와 프로그램에 관한 글입니다."),
    open("인사와 총무", "휴가, 급여, 복지에 관한 글입니다."),
    open("동호회", "함께 노는 사람들의 글입니다."),
    open("장터", "사고파는 글입니다."),
];

const fn open(name: &'static str, description: &'static str) -> FilledCategory {
    FilledCategory {
        name,
        description,
        team: None,
    }
}

/// How much there is to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) posts: u64,
    pub(super) comments: u64,
    pub(super) days: u32,
}

/// Writes posts and comments, the oldest first, while the next are drawn.
///
/// # Errors
/// Where there are posts; the store's.
pub(super) async fn write(
    board: &Board,
    world: &World,
    seed: u64,
    size: Size,
) -> Result<(), Failure> {
    let past = board.past(CATEGORIES).await.map_err(failed)?;
    let mut dice = Dice::new(seed ^ 0xB0A4D);
    let mut progress = Progress::new("posts", size.posts);
    let mut writing: Option<JoinHandle<_>> = None;
    let mut done = 0;
    while done < size.posts {
        let end = (done + POSTS_OF_A_UNIT).min(size.posts);
        let draw = |number| post(&mut dice, world, size, number);
        let unit = PastUnit::new((done..end).filter_map(draw).collect());
        finish(writing.take()).await?;
        progress.at(done);
        let past: Past = past.clone();
        writing = Some(tokio::spawn(async move { past.write(unit).await }));
        done = end;
    }
    finish(writing).await?;
    progress.at(size.posts);
    progress.end();
    gather_statistics(board).await
}

async fn finish(
    writing: Option<JoinHandle<Result<(), hanok_board::Fault>>>,
) -> Result<(), Failure> {
    let Some(writing) = writing else {
        return Ok(());
    };
    writing.await.map_err(Failure::failed)?.map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "taken as `map_err` gives it")]
fn failed(fault: hanok_board::Fault) -> Failure {
    Failure::failed(format!("the board: {fault:?}"))
}

/// A post; nothing where nobody is there to write it.
fn post(dice: &mut Dice, world: &World, size: Size, number: u64) -> Option<PastPost> {
    let whole = u64::from(size.days) * 86_400_000;
    let apart = whole / size.posts.max(1);
    let age = Duration::from_millis(whole - number * apart - dice.below(apart / 2 + 1));
    let at = world.now.minus(age);
    let text = texts::post(dice, number);
    let author = somebody(dice, world)?;
    let readers: BTreeSet<usize> = (0..dice.below(READERS + 1))
        .map(|_| dice.early_place(world.people.len()))
        .collect();
    let readers: Vec<_> = readers
        .into_iter()
        .filter_map(|place| world.people.get(place))
        .map(|person| person.id)
        .filter(|id| *id != author)
        .collect();
    let comments = comments_of(size, number);
    // The last one is there before the past ends.
    let step = age.div_f64(f64::from(
        u32::try_from(comments)
            .unwrap_or(u32::MAX)
            .saturating_add(2),
    ));
    let step = step.min(Duration::from_mins(3 + dice.below(90)));
    let mut said: Vec<PastComment> = Vec::new();
    for place in 0..comments {
        let before = dice.place(said.len());
        let answers = said
            .get(before)
            .filter(|it| it.answers.is_none() && dice.in_thousand(ANSWERS))
            .map(|_| before);
        let times = u32::try_from(place + 1).unwrap_or(u32::MAX);
        let said_at = at.plus(step.saturating_mul(times));
        said.push(PastComment {
            id: world.ids.at(said_at),
            author: somebody(dice, world)?,
            body: texts::comment(dice),
            at: said_at,
            answers,
        });
    }
    Some(PastPost {
        id: world.ids.at(at),
        category: category(dice),
        author,
        title: text.title,
        body: text.body,
        at,
        recommending: dice.early_place(readers.len() + 1),
        readers,
        comments: said,
    })
}

fn somebody(dice: &mut Dice, world: &World) -> Option<hanok_accounts::AccountId> {
    let place = dice.early_place(world.people.len());
    world.people.get(place).map(|person| person.id)
}

/// Few of them are notices, which stand in the first one.
fn category(dice: &mut Dice) -> usize {
    if dice.in_thousand(20) {
        return 0;
    }
    1 + dice.early_place(CATEGORIES.len() + 1)
}

/// How many comments the post of this number has: half of those of ten are the first one's.
fn comments_of(size: Size, number: u64) -> u64 {
    let so_far = |posts: u64| {
        let exact = u128::from(size.comments) * u128::from(posts) / u128::from(size.posts.max(1));
        u64::try_from(exact).unwrap_or_default()
    };
    let first = number - number % GROUP;
    let end = (first + GROUP).min(size.posts);
    let whole = so_far(end) - so_far(first);
    let others = (end - first).saturating_sub(1);
    if others == 0 {
        return whole;
    }
    let half = whole / 2;
    match number - first {
        0 => whole - half,
        place => half * place / others - half * (place - 1) / others,
    }
}

async fn gather_statistics(board: &Board) -> Result<(), Failure> {
    const TABLES: [&str; 5] = [
        "ANALYZE board_category",
        "ANALYZE board_post",
        "ANALYZE board_comment",
        "ANALYZE board_reading",
        "ANALYZE board_recommendation",
    ];
    for sql in TABLES {
        let unit = async move |tx: &mut Tx| tx.execute(sql, params![]).await.map(|_| ());
        board.accounts.db.write::<_, DbError, _>(unit).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_comment_has_a_post_and_every_tenth_post_has_half_of_them() {
        for (posts, comments) in [(100, 1_000), (95, 333), (7, 100), (1, 5), (20, 0)] {
            let size = Size {
                posts,
                comments,
                days: 10,
            };
            let whole: u64 = (0..posts).map(|number| comments_of(size, number)).sum();
            assert_eq!(whole, comments, "{size:?}");
        }
        let size = Size {
            posts: 100,
            comments: 1_000,
            days: 10,
        };
        assert_eq!(comments_of(size, 30), 50);
        assert!((5..=6).contains(&comments_of(size, 31)));
    }
}
