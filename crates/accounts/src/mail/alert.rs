//! What those are told by mail who take note of alerts, in the unit of the alert.

use hanok_db::{Tx, params};
use hanok_web::{Ctx, Permission};

use super::letter::{Fact, Letter};
use super::notice::reads;
use crate::account::{self, AccountRow};
use crate::context::Accounts;
use crate::detection::{AlertKind, Sighting, said};
use crate::fault::Fault;
use crate::permission::AlertAcknowledge;
use crate::{AccountId, text};

/// The most who are told of one alert.
const MOST: usize = 50;

/// Active accounts with a verified address whose roles hold the permission; the two built-in roles that do stand here.
const READERS: &str = "SELECT DISTINCT a.id FROM account a JOIN role_assignment r ON r.account_id = a.id \
    WHERE a.status = 'active' AND a.email_verified_at IS NOT NULL AND (r.role IN ('super_admin', 'admin') \
    OR r.role IN (SELECT p.role FROM role_permission p WHERE p.permission = $1)) ORDER BY a.id LIMIT $2";

impl Accounts {
    /// Writes to those who take note of alerts; answers how many are written to. `is_last` says that no other letter of
    /// this kind comes within the hour, which the letter then tells. Whoever cannot be written to, such as where their
    /// address does not open, keeps no other from being told.
    ///
    /// # Errors
    /// The store's.
    pub async fn mail_alert(
        &self,
        tx: &mut Tx,
        seen: &Sighting,
        is_last: bool,
    ) -> Result<usize, Fault> {
        let readers = readers(tx).await?;
        let about = match seen.account {
            Some(id) => account::find(tx, id).await?,
            None => None,
        };
        let mut told = 0;
        for reader in readers {
            let Some(row) = account::find(tx, reader).await? else {
                continue;
            };
            let letter = self.alert_letter(&row, seen, about.as_ref(), is_last);
            match self.mail_reader(tx, &row, &letter).await {
                Ok(written) => told += usize::from(written),
                // The unit is broken then, and with it the alert.
                Err(fault @ Fault::Store(_)) => return Err(fault),
                Err(fault) => {
                    let account = row.id;
                    tracing::error!(error = %fault, %account, "somebody cannot be told of an alert");
                }
            }
        }
        Ok(told)
    }

    async fn mail_reader(
        &self,
        tx: &mut Tx,
        row: &AccountRow,
        letter: &Letter,
    ) -> Result<bool, Fault> {
        let Some(to) = self.verified_email(tx, row).await? else {
            return Ok(false);
        };
        let ctx = Ctx::program("alert", self.clock.now());
        self.mail(tx, row.id, &to, reads(row, &ctx), letter).await?;
        Ok(true)
    }

    fn alert_letter(
        &self,
        reader: &AccountRow,
        seen: &Sighting,
        about: Option<&AccountRow>,
        is_last: bool,
    ) -> Letter {
        let mut lines = vec![text::mail::alert::line()];
        if is_last {
            lines.push(text::mail::alert::last());
        }
        let mut facts = vec![(text::mail::at(), Fact::At(seen.at))];
        if let Some(about) = about {
            facts.push((text::mail::account(), Fact::Words(about.username.clone())));
        }
        if seen.kind == AlertKind::ServerError {
            facts.push((text::mail::alert::what(), Fact::Words(seen.subject.clone())));
        }
        facts.push((
            text::mail::alert::times(),
            Fact::Words(seen.times.to_string()),
        ));
        Letter {
            subject: said(seen.kind),
            name: Some(reader.name.clone()),
            lines,
            facts,
            action: Some((
                text::mail::alert::action(),
                format!("{}/admin/alerts", self.origin),
            )),
            groups: Vec::new(),
            warning: text::mail::alert::warning(),
            unsubscribe: None,
            counts_until: None,
        }
    }
}

/// Who is told of an alert: the first [`MOST`] who take note of them.
async fn readers(tx: &mut Tx) -> Result<Vec<AccountId>, Fault> {
    let most = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    let found: Vec<(AccountId,)> = tx
        .all(READERS, params![AlertAcknowledge::NAME, most])
        .await?;
    if found.len() > MOST {
        tracing::warn!(
            "more than {MOST} people take note of alerts: the others are not written to"
        );
    }
    let first = found.into_iter().take(MOST);
    Ok(first.map(|(id,)| id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role;

    #[test]
    fn the_statement_names_every_built_in_role_that_takes_note_of_alerts() {
        for built_in in role::BUILT_IN {
            let holds = role::permissions(&[built_in.name.to_owned()], &[])
                .contains(AlertAcknowledge::NAME);
            let named = READERS.contains(&format!("'{}'", built_in.name));
            assert_eq!(holds, named, "{}", built_in.name);
        }
    }
}
