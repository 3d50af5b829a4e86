//! Where an act came from, as the audit trail keeps it.

use hanok_web::Ctx;

use crate::audit::Origin;

impl From<&Ctx> for Origin {
    fn from(ctx: &Ctx) -> Self {
        Self {
            actor: ctx.account(),
            address: Some(ctx.address),
            agent: ctx.agent.clone(),
            request_id: ctx.request_id.clone(),
        }
    }
}
