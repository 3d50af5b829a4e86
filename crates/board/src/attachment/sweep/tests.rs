//! The sweep beside somebody who sends the same file at that moment, on both engines.

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use hanok_accounts::{Accounts, App};
use hanok_base::Id;
use hanok_db::{Conn, Db, Tx, params};
use hanok_testkit::{Kit, Person, TestApp};
use hanok_web::{Caller, Ctx, PermissionSet, Principal, Via};
use tempfile::TempDir;

use super::super::blob::{Sha256, Written};
use super::super::place::Owner;
use super::super::store::AttachmentRow;
use super::store;
use crate::context::{Board, BoardParts};
use crate::fault::Fault;
use crate::post::Kept;
use crate::{BoardApp, BoardConfig};

struct House {
    app: TestApp,
    board: Board,
    ctx: Ctx,
    caller: Caller,
    owner: Owner,
    _place: TempDir,
}

fn caller(person: &Person, version: i64) -> Caller {
    Caller {
        account: person.id,
        name: "김하늘".into(),
        session: None,
        api_key: None,
        via: Via::Bearer,
        permissions: PermissionSet::default(),
        roles: Arc::from([]),
        version,
        password_confirmed_at: None,
        locale: None,
        theme: None,
    }
}

impl House {
    async fn new(db: Db) -> Self {
        const VERSION: &str = "SELECT version FROM account WHERE id = $1";
        let place = tempfile::tempdir().unwrap();
        let (blobs, built): (PathBuf, OnceLock<Board>) =
            (place.path().join("blobs"), OnceLock::new());
        let make = |accounts: &Accounts, kit: &Kit| {
            let board = Board::new(BoardParts {
                accounts: accounts.clone(),
                notifications: crate::context::notifications(accounts),
                config: kit.section::<BoardConfig>("board"),
                blobs: blobs.clone(),
            });
            assert!(built.set(board.clone()).is_ok());
            vec![Arc::new(BoardApp(board)) as Arc<dyn App>]
        };
        let app = TestApp::builder(db).apps(make).start().await;
        let board = built.get().unwrap().clone();
        let person = app.person("haneul").await;
        let id = person.id;
        let read = async move |conn: &mut Conn| conn.one(VERSION, params![id]).await;
        let caller = caller(&person, app.db.read(read).await.unwrap());
        let mut ctx = Ctx::program("tests", app.clock.now());
        ctx.principal = Principal::Account(caller.clone());
        let draft = board
            .keep_draft(&ctx, &caller, Kept::default())
            .await
            .unwrap();
        let owner = Owner::Draft(draft.id);
        Self {
            app,
            board,
            ctx,
            caller,
            owner,
            _place: place,
        }
    }

    fn written(&self) -> Written {
        let mut incoming = self.board.files.blobs.incoming("test", 5).unwrap();
        incoming.write_all(b"words").unwrap();
        incoming.finish().unwrap()
    }

    async fn name(&self, sha256: Sha256) -> Result<AttachmentRow, Fault> {
        let accounts = &self.board.accounts;
        let row = AttachmentRow {
            id: Id::new(&accounts.clock, &accounts.random),
            post: self.owner.post(),
            draft: self.owner.draft(),
            owner_id: self.caller.account,
            sha256: sha256.to_vec(),
            name: "a.txt".to_owned(),
            media_type: "text/plain".to_owned(),
            size: 5,
            width: None,
            height: None,
            created_at: self.ctx.now,
        };
        let named = self
            .board
            .name(&self.ctx, &self.caller, self.owner, sha256, row);
        named.await
    }

    async fn doom(&self, sha256: Sha256) {
        let now = self.ctx.now;
        let doom = async move |tx: &mut Tx| store::doom_new(tx, &[sha256], now).await;
        self.app.db.write(doom).await.unwrap();
    }

    async fn rows(&self) -> (i64, i64) {
        const SQL: &str =
            "SELECT (SELECT COUNT(*) FROM board_blob), (SELECT COUNT(*) FROM board_attachment)";
        let count = async |conn: &mut Conn| conn.one(SQL, &[]).await;
        self.app.db.read(count).await.unwrap()
    }

    fn is_kept(&self, sha256: &Sha256) -> bool {
        self.board.files.blobs.is_kept(sha256).unwrap()
    }
}

fn is_busy(fault: &Fault) -> bool {
    matches!(fault, Fault::Accounts(hanok_accounts::Fault::Busy))
}

fn sets() -> Vec<hanok_db::MigrationSet> {
    let mut sets = hanok_testkit::sets();
    sets.push(hanok_notifications::migrations());
    sets.push(crate::migrations());
    sets
}

hanok_db::both_engines! {
    sets(&sets());

    async fn a_file_that_was_swept_before_it_was_named_is_named_by_no_row(db: Db) {
        let house = House::new(db).await;
        let written = house.written();
        let sha256 = written.sha256;
        house.doom(sha256).await;
        house.board.keep(written).await.unwrap();
        // The sweep is done with it between the file and its row.
        house.board.take(&[sha256]).await.unwrap();
        assert!(!house.is_kept(&sha256));
        assert!(is_busy(&house.name(sha256).await.unwrap_err()));
        assert_eq!(house.rows().await, (0, 0));
        // Sent again, it stays.
        house.board.keep(house.written()).await.unwrap();
        house.name(sha256).await.unwrap();
        assert_eq!((house.rows().await, house.is_kept(&sha256)), ((1, 1), true));
        house.app.finish().await;
    }

    async fn a_sweep_that_comes_late_takes_nothing_that_was_named_meanwhile(db: Db) {
        let house = House::new(db).await;
        let written = house.written();
        let sha256 = written.sha256;
        house.doom(sha256).await;
        // Two sweeps have found it doomed; one takes it, and then it is sent again.
        house.board.take(&[sha256]).await.unwrap();
        house.board.keep(written).await.unwrap();
        house.name(sha256).await.unwrap();
        house.board.take(&[sha256]).await.unwrap();
        assert_eq!((house.rows().await, house.is_kept(&sha256)), ((1, 1), true));
        // Nor is it let go of because somebody else was refused the same one.
        house.board.let_go(house.ctx.now, sha256).await;
        assert_eq!((house.rows().await, house.is_kept(&sha256)), ((1, 1), true));
        house.app.finish().await;
    }

    async fn a_file_whose_row_is_refused_is_gone_at_once(db: Db) {
        let house = House::new(db).await;
        let written = house.written();
        let sha256 = written.sha256;
        house.board.keep(written).await.unwrap();
        house.board.let_go(house.ctx.now, sha256).await;
        assert_eq!((house.rows().await, house.is_kept(&sha256)), ((0, 0), false));
        house.app.finish().await;
    }
}
