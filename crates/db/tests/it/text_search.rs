//! The index of terms on both engines: what it finds, in which order, and how it reads.

use hanok_db::text_search::{Hits, Part, Terms, TextIndex, TextQuery, TextSelect};
use hanok_db::{
    Conn, Db, DbError, Engine, Migration, MigrationSet, Sql, Value, both_engines, params,
    text_index,
};

const SETS: &[MigrationSet] = &[MigrationSet {
    name: "notes",
    migrations: &[
        Migration {
            version: 1,
            name: "note",
            sql: Sql::Both(
                "CREATE TABLE note (serial BIGINT PRIMARY KEY, owner BIGINT NOT NULL, title TEXT NOT NULL, \
                 text TEXT NOT NULL);",
            ),
        },
        Migration {
            version: 2,
            name: "search",
            sql: Sql::PerEngine {
                sqlite: "CREATE VIRTUAL TABLE note_search USING fts5(terms, content = '', \
                         contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '1');",
                postgres: "CREATE TABLE note_search (rowid BIGINT PRIMARY KEY, terms TSVECTOR NOT NULL); \
                           CREATE INDEX note_search_terms ON note_search USING GIN (terms) WITH (gin_pending_list_limit = 256); \
                           CREATE FUNCTION note_search_found(TEXT, BIGINT) RETURNS SETOF BIGINT LANGUAGE sql STABLE \
                           ROWS 10 SET enable_seqscan = off SET enable_indexscan = off AS \
                           $$ SELECT s.rowid FROM note_search s WHERE s.terms @@ CAST($1 AS TSQUERY) LIMIT $2 $$;",
            },
        },
    ],
}];

static NOTES: TextIndex = text_index!("note_search");
static NEWEST: TextSelect = TextSelect::new(
    &NOTES,
    "SELECT n.serial, n.title, n.text FROM /*hits*/ CROSS JOIN note AS n
     WHERE n.serial = hit.rowid AND n.owner = $1 ORDER BY hit.rowid DESC LIMIT $2",
);

const INSERT: &str = "INSERT INTO note (serial, owner, title, text) VALUES ($1, $2, $3, $4)";

/// Serial, owner, title, text.
type Note = (i64, i64, &'static str, &'static str);

async fn fill(db: &Db, notes: &'static [Note]) -> Result<(), DbError> {
    db.write(async move |tx| {
        for (serial, owner, title, text) in notes {
            tx.execute(INSERT, params![serial, owner, title, text])
                .await?;
            let terms = Terms::new().heading(title).text(text);
            NOTES.put(tx, *serial, &terms).await?;
        }
        Ok(())
    })
    .await
}

/// The newest notes of owner 1 that hold what was typed, before a serial.
async fn found(
    db: &Db,
    typed: &str,
    part: Part,
    before: i64,
    most: i64,
) -> Result<Vec<i64>, DbError> {
    let Some(query) = TextQuery::parse(typed) else {
        return Ok(Vec::new());
    };
    db.read(async |c: &mut Conn| {
        let hits = NOTES.look(c, &query, part).await?;
        let rows: Vec<(i64, String, String)> =
            NEWEST.all(c, &hits, before, params![1_i64, most]).await?;
        let held = |(serial, title, text): (i64, String, String)| {
            let whole = if part == Part::Heading {
                title
            } else {
                format!("{title}\n{text}")
            };
            query.matches(&whole).then_some(serial)
        };
        Ok(rows.into_iter().filter_map(held).collect())
    })
    .await
}

async fn newest(db: &Db, typed: &str) -> Result<Vec<i64>, DbError> {
    found(db, typed, Part::Whole, i64::MAX, 100).await
}

const CORPUS: &[Note] = &[
    (1, 1, "주간 회의", "회의실은 3층이다"),
    (2, 1, "회의록을 올립니다", "지난 회의 내용"),
    (3, 1, "공지사항", "연말정산 안내, 방문객은 안내소로"),
    (4, 1, "휴가 신청", "휴가신청서를 내세요"),
    (5, 1, "서버 장애", "서버의 장애를 deploy 뒤에 보았다"),
    (6, 2, "회의 (남의 것)", "API를 고침"),
    (7, 1, "API를 쓰는 법", "API 문서와 apis 목록"),
    (8, 1, "다방", "가방 방"),
    (9, 1, "회의를 미룸", "신청은 휴가 뒤에"),
    (10, 1, "deployment", "회 의 / 연말 정산 / 공지 사항"),
    (11, 1, "조각", "회의 의록 록을"),
    (12, 1, "\u{1112}\u{116c}\u{110b}\u{1174}", "풀어 쓴 한글"),
];

/// What was typed, and the serials that hold it, newest first.
const QUERIES: &[(&str, &[i64])] = &[
    ("회의", &[12, 11, 9, 2, 1]),
    ("회의를", &[9]),
    ("회의실", &[1]),
    ("회의록을", &[2]),
    ("공지사항", &[3]),
    ("휴가 신청", &[9, 4]),
    ("서버 장애", &[5]),
    ("연말정산", &[3]),
    ("deploy", &[5]),
    ("DEPLOYMENT", &[10]),
    ("API를", &[7]),
    ("api", &[7]),
    ("방", &[8, 3]),
    ("3층", &[1]),
    ("회의 API", &[]),
    ("서버 신청", &[]),
    ("듧쀍", &[]),
    ("?!", &[]),
    ("\" OR \"회의", &[]),
    ("회의*", &[12, 11, 9, 2, 1]),
];

both_engines! {
    sets(SETS);

    async fn each_query_finds_what_holds_it_and_nothing_else(db: Db) {
        fill(&db, CORPUS).await?;
        for (typed, serials) in QUERIES {
            assert_eq!(newest(&db, typed).await?, *serials, "{typed}");
        }
    }

    async fn a_heading_is_found_alone(db: Db) {
        fill(&db, CORPUS).await?;
        for (typed, serials) in [("회의", &[12, 9, 2, 1][..]), ("방", &[8]), ("deploy", &[]), ("연말정산", &[])] {
            assert_eq!(found(&db, typed, Part::Heading, i64::MAX, 100).await?, serials, "{typed}");
        }
    }

    async fn the_rest_is_what_no_heading_holds(db: Db) {
        fill(&db, CORPUS).await?;
        for (typed, serials) in [("회의", &[11][..]), ("방", &[3]), ("휴가 신청", &[9]), ("연말정산", &[3])] {
            assert_eq!(found(&db, typed, Part::Rest, i64::MAX, 100).await?, serials, "{typed}");
        }
    }

    async fn a_list_goes_on_before_a_serial_and_ends_at_its_limit(db: Db) {
        fill(&db, CORPUS).await?;
        assert_eq!(found(&db, "회의", Part::Whole, 12, 2).await?, [11, 9]);
        assert_eq!(found(&db, "회의", Part::Whole, 9, 2).await?, [2, 1]);
        assert_eq!(found(&db, "회의", Part::Whole, 1, 2).await?, [0_i64; 0]);
    }

    async fn an_entry_is_replaced_and_removed(db: Db) {
        fill(&db, CORPUS).await?;
        db.write(async |tx| {
            NOTES.put(tx, 1, &Terms::new().text("점심")).await?;
            NOTES.remove(tx, 9).await?;
            NOTES.remove(tx, 99).await
        }).await?;
        assert_eq!(newest(&db, "회의").await?, [12, 11, 2]);
        assert_eq!(newest(&db, "3층").await?, [0_i64; 0]);
    }

    async fn many_entries_at_once_are_found_like_single_ones(db: Db) {
        fill(&db, CORPUS).await?;
        db.write(async |tx| {
            for serial in 100..300_i64 {
                tx.execute(INSERT, params![serial, 1_i64, "주말", "등산"]).await?;
            }
            let entry = |serial: i64| {
                let text = if serial % 100 == 7 { "등산 \"a|b\" 연말정산" } else { "등산" };
                (serial, Terms::new().heading("주말").text(text))
            };
            NOTES.add(tx, &[]).await?;
            NOTES.add(tx, &(100..300).map(entry).collect::<Vec<_>>()).await
        }).await?;
        let found_of = async |typed, part| {
            let wanted = TextQuery::parse(typed).ok_or(DbError::NotFound)?;
            db.read(async |c: &mut Conn| {
                let hits = NOTES.look(c, &wanted, part).await?;
                let rows: Vec<(i64, String, String)> =
                    NEWEST.all(c, &hits, i64::MAX, params![1_i64, 1_000_i64]).await?;
                Ok::<_, DbError>(rows.iter().map(|row| row.0).collect::<Vec<_>>())
            }).await
        };
        assert_eq!(found_of("연말정산", Part::Whole).await?, [207, 107, 3]);
        assert_eq!(found_of("b", Part::Whole).await?, [207, 107]);
        assert_eq!(found_of("주말", Part::Heading).await?.len(), 200);
        assert_eq!(found_of("등산", Part::Rest).await?.len(), 200);
    }

    async fn what_is_rolled_back_was_never_in_the_index(db: Db) {
        fill(&db, CORPUS).await?;
        let failed = db.write::<(), _, _>(async |tx| {
            NOTES.put(tx, 8, &Terms::new().text("연말정산")).await?;
            NOTES.remove(tx, 3).await?;
            Err(DbError::NotFound)
        }).await;
        assert_eq!(failed, Err(DbError::NotFound));
        // The next unit of the same connection is not touched by it.
        fill(&db, &[(13, 1, "연말정산", "끝")]).await?;
        assert_eq!(newest(&db, "연말정산").await?, [13, 3]);
        assert_eq!(newest(&db, "방").await?, [8, 3]);
    }

    async fn a_common_word_is_read_newest_first_without_sorting_all(db: Db) {
        db.write::<_, DbError, _>(async |tx| {
            for serial in 1..=2_100_i64 {
                let text = if serial % 100 == 0 { "회의 드물게" } else { "회의" };
                tx.execute(INSERT, params![serial, serial % 2, "제목", text]).await?;
                NOTES.put(tx, serial, &Terms::new().heading("제목").text(text)).await?;
            }
            tx.execute("ANALYZE", &[]).await
        }).await?;
        assert_eq!(found(&db, "회의", Part::Whole, 2_000, 3).await?, [1_999, 1_997, 1_995]);
        assert_eq!(found(&db, "드물게", Part::Whole, i64::MAX, 3).await?, [0_i64; 0]);
        for typed in ["회의", "드물게"] {
            let query = TextQuery::parse(typed).ok_or(DbError::NotFound)?;
            let hits = db.read(async |c: &mut Conn| NOTES.look(c, &query, Part::Whole).await).await?;
            let steps = plan(&db, &hits).await?;
            let reads = match (db.engine(), typed) {
                (Engine::Sqlite, _) => &["VIRTUAL TABLE INDEX", "SEARCH n USING"][..],
                (Engine::Postgres, "회의") => &["Index Scan Backward using note_search_pkey", "note_pkey"],
                (Engine::Postgres, _) => &["Function Scan on note_search_found", "Nested Loop", "note_pkey"],
            };
            for read in reads {
                assert!(steps.iter().any(|step| step.contains(read)), "{read}: {steps:#?}");
            }
            let walks = |step: &String| {
                step.contains("Seq Scan") || step == "SCAN n" || step.contains("TEMP B-TREE")
                    || (typed == "회의" && step.contains("Sort"))
            };
            assert!(!steps.iter().any(walks), "{steps:#?}");
        }
    }
}

async fn plan(db: &Db, hits: &Hits) -> Result<Vec<String>, DbError> {
    let (engine, sql) = (db.engine(), NEWEST.sql(hits, 2).to_owned());
    db.write(async move |tx| {
        // The expression is not read: the plan is the same for any.
        let values = [
            Value::I64(1),
            Value::I64(20),
            Value::Text("회의"),
            Value::I64(2_000),
        ];
        if engine == Engine::Sqlite {
            let steps: Vec<(i64, i64, i64, String)> = tx
                .all(&format!("EXPLAIN QUERY PLAN {sql}"), &values)
                .await?;
            return Ok(steps.into_iter().map(|(.., step)| step).collect());
        }
        tx.one::<String>("SELECT set_config('enable_seqscan', 'off', true)", &[])
            .await?;
        tx.all(&format!("EXPLAIN {sql}"), &values).await
    })
    .await
}
