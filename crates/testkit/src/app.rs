//! The running test application.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hanok_accounts::audit::{Report, Sealer, verify};
use hanok_accounts::mail::{CapturedMail, CapturedMessage};
use hanok_accounts::sms::{SimulatedMessage, SimulatedSms};
use hanok_base::{Clock, KeyRing, Random};
use hanok_db::{Db, DbError};
use hanok_events::{Backlog, DeadLetter, Engine, Running, backlog, dead_letters};
use hanok_web::RouteEntry;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::audit::{self, AuditLine};
use crate::brokers;
use crate::builder::Builder;
use crate::ground::Ground;
use crate::processes::Processes;
use crate::program::Program;
use crate::scan;
use crate::settings::Settings;
use crate::sharing::Sharing;
use crate::site::Site;

/// After so many rounds in which the brokers had no more, what is left is left.
const QUIET_ROUNDS: u32 = 3;
/// Nothing here waits longer.
const PATIENCE: Duration = Duration::from_mins(2);

/// The whole program, running in this process. It is a [`Site`] too.
pub struct TestApp {
    /// Stands still until it is moved.
    pub clock: Clock,
    /// A repeatable stream.
    pub random: Random,
    /// A ring of its own.
    pub keys: KeyRing,
    /// The store that was handed in.
    pub db: Db,
    /// Relay, jobs and schedules; see [`settle`](Self::settle).
    pub engine: Engine,
    /// The settings it runs with.
    pub settings: Settings,
    /// Every route with who may call it.
    pub entries: Vec<RouteEntry>,
    site: Site,
    /// One, or two (see [`neighbours`](crate::neighbours)).
    programs: Vec<Program>,
    _sharing: Option<Sharing>,
    /// Whether events travel over Kafka.
    over_brokers: bool,
    listening: OnceLock<Running>,
    sms: Arc<SimulatedSms>,
    mail: Arc<CapturedMail>,
    sealer: Sealer,
    directory: TempDir,
    leaves_undone: bool,
    finished: bool,
}

impl Deref for TestApp {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl TestApp {
    /// A test application over this store.
    pub fn builder<'a>(db: Db) -> Builder<'a> {
        Builder::new(db)
    }

    pub(crate) fn run(ground: Ground, programs: Vec<Program>, sharing: Option<Sharing>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = ground.settings.audit.checkpoint_path(directory.path());
        let sealer = Sealer::new(ground.keys.clone(), &ground.settings.audit, Some(file));
        let several = programs.len() > 1;
        let processes = programs.iter().map(|program| program.process(several));
        let processes = Processes::of(processes.collect());
        let first = &programs[0];
        Self {
            clock: ground.clock,
            random: ground.random,
            keys: ground.keys,
            db: ground.db,
            engine: first.engine.clone(),
            settings: ground.settings,
            entries: first.entries.clone(),
            site: Site::of_processes(processes, first.accounts.clone()),
            programs,
            _sharing: sharing,
            over_brokers: ground.brokers.is_some(),
            listening: OnceLock::new(),
            sms: ground.sms,
            mail: ground.mail,
            sealer,
            directory,
            leaves_undone: false,
            finished: false,
        }
    }

    /// Hands on every event and runs every job that is due now, and what they lead to.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn settle(&self) {
        let mut quiet = 0;
        while quiet < QUIET_ROUNDS {
            for program in &self.programs {
                program.engine.settle().await.unwrap();
            }
            if self.brokers_had_more().await {
                quiet = 0;
            } else if !self.over_brokers || self.is_idle().await {
                return;
            } else {
                quiet += 1;
            }
        }
    }

    /// Whether nothing waits. Something may although the brokers had no more: what they brought while the programs were
    /// settled.
    async fn is_idle(&self) -> bool {
        let left = self.backlog().await;
        left.waiting() + left.retries + left.jobs_due == 0
    }

    /// Waits until what went to the brokers was handled by the last program; says whether anything had.
    async fn brokers_had_more(&self) -> bool {
        let (Some(last), true) = (self.programs.last(), self.over_brokers) else {
            return false;
        };
        let handlers = last.handlers();
        if !brokers::have_more(&self.db, &handlers).await {
            return false;
        }
        self.listening.get_or_init(|| last.engine.listen());
        let handled = timeout(PATIENCE, async {
            while brokers::have_more(&self.db, &handlers).await {
                sleep(Duration::from_millis(10)).await;
            }
        });
        handled.await.expect("the brokers bring every event");
        true
    }

    /// Runs every schedule that is due now, once.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn run_schedules(&self) -> usize {
        self.engine.run_schedules_due().await.unwrap()
    }

    /// Does once what every process does again and again by itself.
    ///
    /// # Panics
    /// When one of them fails.
    pub async fn run_duties(&self) {
        for program in &self.programs {
            program.run_duties().await;
        }
    }

    /// The text messages that were sent, newest first.
    pub fn sms(&self) -> Vec<SimulatedMessage> {
        self.sms.messages()
    }

    /// The letters that were sent, newest first, once what is due was done.
    pub async fn mail(&self) -> Vec<CapturedMessage> {
        self.settle().await;
        self.mail.messages()
    }

    /// The path and query of the link in the newest letter to this address, once what is due was done.
    ///
    /// # Panics
    /// When there is none.
    pub async fn mail_link(&self, address: &str) -> String {
        let letters = self.mail().await;
        let letter = letters.iter().find(|letter| letter.to == address);
        let link = letter.and_then(CapturedMessage::link).expect("a link");
        let path = link.strip_prefix(&self.settings.web.public_url);
        path.expect("a link to this site").to_owned()
    }

    /// The six digits in the newest message with a code to this number, once what is due was done.
    ///
    /// # Panics
    /// When none was sent.
    pub async fn sms_code(&self, number: &str) -> String {
        self.settle().await;
        let sent = self.sms();
        let own = sent.iter().filter(|message| message.to == number);
        let mut runs = own.flat_map(|message| message.text.split(|c: char| !c.is_ascii_digit()));
        let code = runs.find(|run| run.len() == 6);
        code.expect("a message with a code").to_owned()
    }

    /// Every row of the audit trail, oldest first.
    pub async fn audit(&self) -> Vec<AuditLine> {
        audit::lines(&self.db).await
    }

    /// The rows of one action, oldest first.
    pub async fn audit_of(&self, action: &str) -> Vec<AuditLine> {
        let lines = self.audit().await;
        lines
            .into_iter()
            .filter(|line| line.action == action)
            .collect()
    }

    /// Seals the trail and verifies it.
    ///
    /// # Panics
    /// When the store or the checkpoint file fails.
    pub async fn verify_audit(&self) -> Report {
        self.sealer.run(&self.db, self.clock.now()).await.unwrap();
        verify(&self.db, &self.keys, Some(&self.checkpoint_file()))
            .await
            .unwrap()
    }

    fn checkpoint_file(&self) -> PathBuf {
        self.settings.audit.checkpoint_path(self.directory.path())
    }

    /// Every place where one of these stands in a table or in the log, as it is, in hexadecimal or Base64.
    pub async fn scan_for(&self, plaintexts: &[&str]) -> Vec<String> {
        scan::scan(&self.db, plaintexts).await
    }

    /// All that waits to be done.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn backlog(&self) -> Backlog {
        let now = self.clock.now();
        let read: Result<Backlog, DbError> = self
            .db
            .report(async move |conn| backlog(conn, now).await)
            .await;
        read.unwrap()
    }

    /// Who gave up on what, and why.
    async fn given_up(&self) -> Vec<(String, String, String)> {
        let read: Result<_, DbError> = self
            .db
            .read(async |conn| dead_letters(conn, None, 20).await)
            .await;
        let said = |letter: DeadLetter| (letter.consumer, letter.item_type, letter.error);
        read.unwrap().into_iter().map(said).collect()
    }

    /// Lets [`finish`](Self::finish) pass although events or jobs are left behind: say why beside it.
    pub fn leave_undone(&mut self) {
        self.leaves_undone = true;
    }

    /// Ends the test application: does what is due, stops the server, and fails the test where an event
    /// is left behind, a job is overdue, or something was given up.
    ///
    /// # Panics
    /// Then.
    pub async fn finish(mut self) {
        self.finished = true;
        for program in &mut self.programs {
            program.stop().await;
        }
        if self.leaves_undone {
            return;
        }
        self.settle().await;
        let left = self.backlog().await;
        let undone = left.waiting() + left.retries + left.jobs_due + left.dead_letters;
        assert_eq!(
            undone,
            0,
            "left undone: {left:?} {:?}",
            self.given_up().await
        );
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        assert!(
            self.finished || std::thread::panicking(),
            "end the test with `app.finish().await`"
        );
    }
}
