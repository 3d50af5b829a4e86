//! Along the chain, link by link.

use hanok_base::KeyRing;

use crate::audit::checkpoint::Checkpoint;
use crate::audit::head::Head;
use crate::audit::link::{GENESIS, Link, Tip};
use crate::audit::retention::Dropped;
use crate::audit::row::{LogRow, SideRow};
use crate::audit::verify::Start;
use crate::audit::verify::pages::Page;
use crate::audit::verify::report::{BrokenKind, LastCheckpoint, Report};

/// Where the walk is and what it has found.
pub(super) struct Walk<'k> {
    keys: &'k KeyRing,
    report: Report,
    /// The signed end as it was before the walk.
    head: Option<Tip>,
    /// The end of the last dropped period.
    base: Base,
    /// The link before, where it is known.
    previous: Option<Before>,
    last: Option<i64>,
}

struct Base {
    seq: i64,
    mac: Vec<u8>,
}

struct Before {
    mac: Vec<u8>,
    /// `None`: any key may follow.
    key_version: Option<i64>,
    at_checkpoint: bool,
}

impl<'k> Walk<'k> {
    pub(super) fn new(keys: &'k KeyRing, start: Start) -> Self {
        let mut report = Report::default();
        let base = base(keys, &start.periods, &mut report);
        report.dropped = u64::try_from(base.seq).unwrap_or_default();
        let head = start.head.and_then(|head| head.signed(keys));
        let previous = Some(Before {
            mac: base.mac.clone(),
            key_version: None,
            at_checkpoint: true,
        });
        Self {
            keys,
            report,
            head,
            base,
            previous,
            last: None,
        }
    }

    /// The place of the last link walked.
    pub(super) const fn last(&self) -> Option<i64> {
        self.last
    }

    /// The place of the last link dropped by retention.
    pub(super) const fn base(&self) -> i64 {
        self.base.seq
    }

    pub(super) fn into_report(self) -> Report {
        self.report
    }

    pub(super) fn page(&mut self, page: &Page) {
        for link in &page.links {
            self.place(link);
            let row = page.rows.get(&link.seq);
            self.link(link, row);
            if let Some(row) = row {
                self.row(link, row, page.sides.get(&link.seq));
            }
            self.ends(link);
            let at_checkpoint = self.checkpoint(link, page.checkpoints.get(&link.seq));
            self.previous = Some(Before {
                mac: link.mac.clone(),
                key_version: Some(link.key_version),
                at_checkpoint,
            });
            self.last = Some(link.seq);
        }
    }

    /// Is this the place that comes next? A period that is being dropped loses its oldest links first.
    fn place(&mut self, link: &Link) {
        if self.last.is_none() && link.seq <= self.base.seq {
            let genesis = Before {
                mac: GENESIS.to_vec(),
                key_version: None,
                at_checkpoint: true,
            };
            self.previous = (link.seq == 1).then_some(genesis);
            return;
        }
        let expected = self.last.unwrap_or(self.base.seq) + 1;
        if link.seq != expected {
            self.report.blame(
                BrokenKind::Removed,
                Some(expected),
                None,
                "links are missing from here on",
            );
            self.previous = None;
        }
    }

    /// Does the link fit its row and the link before?
    fn link(&mut self, link: &Link, row: Option<&LogRow>) {
        let fault = match row {
            None => Some((BrokenKind::Removed, "the row of this link is gone")),
            Some(row) => self.fault(link, row),
        };
        if let Some((kind, detail)) = fault {
            self.report
                .blame(kind, Some(link.seq), Some(link.audit_id), detail);
        }
    }

    fn fault(&self, link: &Link, row: &LogRow) -> Option<(BrokenKind, &'static str)> {
        let sealed = row.is_sealed(self.keys);
        if let Some(before) = &self.previous {
            let signed =
                row.linked(link.seq, &before.mac)
                    .is_signed(self.keys, link.key_version, &link.mac);
            if !signed && sealed {
                return Some((
                    BrokenKind::Link,
                    "the link fits neither its row nor the link before",
                ));
            }
            if !signed {
                return Some((BrokenKind::Changed, "the row is not what was linked"));
            }
            if !before.allows(link.key_version) {
                return Some((
                    BrokenKind::Link,
                    "the audit key changes where there is no checkpoint",
                ));
            }
        }
        let forged = row.claims_program() && !sealed;
        forged.then_some((
            BrokenKind::Inserted,
            "the row names the program as its origin without its seal",
        ))
    }

    /// Counts the row, and compares address and agent.
    fn row(&mut self, link: &Link, row: &LogRow, side: Option<&SideRow>) {
        self.report.linked += 1;
        self.report.database_rows += u64::from(!row.claims_program());
        let fault = match (&row.origin_mac, side) {
            (Some(mac), Some(side)) if !side.matches(mac) => {
                Some("its address or agent is not what was recorded")
            }
            (None, Some(_)) => Some("an address or agent was put beside it"),
            _ => None,
        };
        self.report.erased += u64::from(row.origin_mac.is_some() && side.is_none());
        if let Some(detail) = fault {
            self.report.blame(
                BrokenKind::Changed,
                Some(link.seq),
                Some(link.audit_id),
                detail,
            );
        }
    }

    /// Is it what the signed head, or the last dropped period, says of this place?
    fn ends(&mut self, link: &Link) {
        let head = self
            .head
            .as_ref()
            .filter(|head| head.seq == link.seq)
            .is_some_and(|head| head.mac != link.mac);
        let base = link.seq == self.base.seq && self.base.mac != link.mac;
        if head || base {
            let detail = "another link was signed in this place";
            self.report.blame(
                BrokenKind::Link,
                Some(link.seq),
                Some(link.audit_id),
                detail,
            );
        }
    }

    fn checkpoint(&mut self, link: &Link, made: Option<&Checkpoint>) -> bool {
        let Some(made) = made else { return false };
        if made.mac == link.mac && made.is_signed(self.keys) {
            self.report.checkpoint = Some(LastCheckpoint {
                seq: made.seq,
                at: made.at,
            });
        } else {
            let detail = "the checkpoint in the table is not signed for this link";
            self.report.blame(
                BrokenKind::Checkpoint,
                Some(link.seq),
                Some(link.audit_id),
                detail,
            );
        }
        true
    }

    /// Is the end where the signed head says? `now` is the head after the walk.
    pub(super) fn end(&mut self, now: Option<Head>) {
        let end = self.last.unwrap_or(self.base.seq).max(self.base.seq);
        let blank = now.as_ref().is_some_and(Head::is_blank);
        let signed = now.and_then(|head| head.signed(self.keys));
        let cut = self.head.as_ref().is_some_and(|head| head.seq > end);
        let behind = signed.as_ref().is_some_and(|head| head.seq < end);
        if cut {
            self.report.blame(
                BrokenKind::CutOff,
                Some(end + 1),
                None,
                "the signed end of the chain lies further on",
            );
        } else if behind {
            self.report.blame(
                BrokenKind::Inserted,
                Some(end),
                None,
                "the chain goes on behind its signed end",
            );
        } else if signed.is_none() && !(blank && end == 0) {
            let detail = "the signed end of the chain is missing or forged";
            self.report
                .blame(BrokenKind::CutOff, Some(end + 1), None, detail);
        }
    }
}

impl Before {
    /// A newer key begins behind a checkpoint; an older one never comes back.
    fn allows(&self, key_version: i64) -> bool {
        self.key_version.is_none_or(|before| {
            key_version == before || (key_version > before && self.at_checkpoint)
        })
    }
}

/// Where the chain begins: behind the dropped periods that the program closed.
fn base(keys: &KeyRing, periods: &[Dropped], report: &mut Report) -> Base {
    let mut base = Base {
        seq: 0,
        mac: GENESIS.to_vec(),
    };
    for period in periods {
        let follows = period.from_seq == base.seq + 1 && period.until_seq >= period.from_seq;
        if !follows || !period.is_signed(keys) {
            let detail = "a dropped period that the program did not close";
            report.blame(BrokenKind::Period, Some(period.from_seq), None, detail);
            break;
        }
        base = Base {
            seq: period.until_seq,
            mac: period.mac.clone(),
        };
    }
    base
}
