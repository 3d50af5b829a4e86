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
const MOST: i64 = 50;

/// Active accounts with a verified address whose roles hold the permission; the two built-in roles that do stand here.
const READERS: &str = "SELECT DISTINCT a.id FROM account a JOIN role_assignment r ON r.account_id = a.id \
    WHERE a.status = 'active' AND a.email_verified_at IS NOT NULL AND (r.role IN ('super_admin', 'admin') \
    OR r.role IN (SELECT p.role FROM role_permission p WHERE p.permission = $1)) ORDER BY a.id LIMIT $2";

impl Accounts {
    /// Writes to everybody who takes note of alerts; answers how many there are.
    ///
    /// # Errors
    /// The store's, or an address that does not open.
    pub async fn mail_alert(&self, tx: &mut Tx, seen: &Sighting) -> Result<usize, Fault> {
        let values = params![AlertAcknowledge::NAME, MOST];
        let readers: Vec<(AccountId,)> = tx.all(READERS, values).await?;
        let about = match seen.account {
            Some(id) => account::find(tx, id).await?,
            None => None,
        };
        let ctx = Ctx::program("alert", self.clock.now());
        for (reader,) in &readers {
            let Some(row) = account::find(tx, *reader).await? else {
                continue;
            };
            if let Some(to) = self.verified_email(tx, &row).await? {
                let letter = self.alert_letter(&row, seen, about.as_ref());
                self.mail(tx, row.id, &to, reads(&row, &ctx), &letter)
                    .await?;
            }
        }
        Ok(readers.len())
    }

    fn alert_letter(
        &self,
        reader: &AccountRow,
        seen: &Sighting,
        about: Option<&AccountRow>,
    ) -> Letter {
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
            lines: vec![text::mail::alert::line()],
            facts,
            action: Some((
                text::mail::alert::action(),
                format!("{}/admin/alerts", self.origin),
            )),
            warning: text::mail::alert::warning(),
        }
    }
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
