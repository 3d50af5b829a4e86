//! How often a name may be tried from an address, and how many failures an address has.

use hanok_base::counters::Limit;
use hanok_web::Ctx;

use crate::config::minutes;
use crate::context::Accounts;
use crate::fault::Fault;

impl Accounts {
    pub(super) async fn limit_sign_in(&self, ctx: &Ctx, name: &str) -> Result<(), Fault> {
        let place = hanok_web::rate_limit::limited_network(ctx.address);
        if self.limits.sign_in_failures_per_address_per_minute > 0 {
            let limit = Limit::per_minute(self.limits.sign_in_failures_per_address_per_minute);
            let decision = self
                .counters
                .peek(&format!("sign-in-failed|{place}"), limit, ctx.now)
                .await;
            decision
                .allowed
                .then_some(())
                .ok_or(Fault::TooOften(decision.reset))?;
        }
        if self.limits.sign_in_per_minute > 0 {
            let limit = Limit::per_minute(self.limits.sign_in_per_minute);
            // Hashed, so that what people mistype as their name is kept nowhere.
            let who = hanok_base::encoding::base64url_encode(&hanok_base::secret::sha256(
                name.trim().to_lowercase().as_bytes(),
            ));
            let decision = self
                .counters
                .hit(&format!("sign-in|{place}|{who}"), limit, ctx.now)
                .await;
            decision
                .allowed
                .then_some(())
                .ok_or(Fault::TooOften(decision.reset))?;
        }
        Ok(())
    }

    pub(super) async fn count_failure(&self, ctx: &Ctx) {
        self.note_burst(ctx).await;
        if self.limits.sign_in_failures_per_address_per_minute > 0 {
            let limit = Limit::new(
                self.limits.sign_in_failures_per_address_per_minute,
                minutes(1),
            );
            let key = format!(
                "sign-in-failed|{}",
                hanok_web::rate_limit::limited_network(ctx.address)
            );
            self.counters.hit(&key, limit, ctx.now).await;
        }
    }
}
