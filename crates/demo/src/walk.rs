//! `hanok demo walk`: one identity request, played over HTTP as the shop and the person would.

mod answer;
mod paint;
mod phone;
mod shop;
mod wire;

use std::path::Path;

use clap::Args;
use hanok_accounts::command::Failure;
use hanok_base::encoding::base64url_encode;
use hanok_base::{Clock, Random, terminal};

use crate::people::asked;
use crate::shop::DemoFile;
use phone::Phone;
use shop::Shop;
use wire::Wire;

/// Play one identity request against the running demo and print every message
#[derive(Args)]
#[command(after_help = "\
Examples:
  hanok demo walk
  hanok demo walk --url http://localhost:9000
  hanok --data-dir /tmp/demo demo walk")]
pub struct Walk {
    /// Where the demo is served [default: as it says itself in demo.json]
    #[arg(long)]
    url: Option<String>,
}

impl Walk {
    /// Plays it against the demo of this data directory.
    ///
    /// # Errors
    /// When something is not as it should be, or nothing answers.
    pub async fn run(self, data_dir: &Path) -> Result<(), Failure> {
        let file = DemoFile::read(data_dir).map_err(Failure::failed)?;
        let file = file.ok_or_else(|| {
            let path = DemoFile::path(data_dir);
            Failure::failed(format!(
                "there is no {}: start the demo first (make run, or hanok demo)",
                path.display()
            ))
        })?;
        let person = asked().ok_or_else(Failure::told)?;
        let (number, pin) = person.phone.unwrap_or_default();
        let url = self.url.unwrap_or_else(|| file.url.clone());
        let wire = Wire::new(url.trim_end_matches('/'))?;
        wire.paint
            .title("한옥 데모: 본인확인 한 건 · one identity request, message by message");
        terminal::line(format_args!(
            "The shop \"A 쇼핑몰\" asks who has the phone {number}. It is {}'s.",
            person.name
        ));

        wire.paint.step(
            "준비",
            "The person pairs a phone",
            "Its key cannot leave it; from now on it signs what it sends.",
        );
        let mut phone = Phone::pair(&wire, &file.url, person).await?;

        let shop = Shop {
            wire: &wire,
            file: &file,
        };
        let played = play(&wire, &shop, &phone, number, pin).await;
        wire.paint.step(
            "정리",
            "The person lets the phone go",
            "One tap; its signature counts no more.",
        );
        phone.release(&wire).await?;
        played?;
        wire.paint.done("The shop knows who it is; nobody else does. Every message above left its trace: hanok audit verify.");
        Ok(())
    }
}

async fn play(
    wire: &Wire,
    shop: &Shop<'_>,
    phone: &Phone,
    number: &str,
    pin: &str,
) -> Result<(), Failure> {
    let paint = &wire.paint;
    let state = base64url_encode(&Random::system().bytes::<6>());
    paint.step(
        "01",
        "쇼핑몰 → 한옥",
        "The shop asks. It shows the person the two digits of binding_code.",
    );
    let asked = shop.ask(number, &state).await?;

    paint.step(
        "03",
        "한옥 → 휴대폰",
        "The phone learns who asks, by the name in the database, and offers three numbers.",
    );
    phone.look(wire, &asked.transaction_id).await?;

    paint.step(
        "04",
        "사람 → 한옥",
        "The person picks the number the shop shows, and gives the PIN.",
    );
    phone.confirm(wire, &asked, pin).await?.expect(200)?;

    paint.step(
        "05",
        "한옥 → 쇼핑몰",
        "The result, encrypted for the shop alone, is posted to it.",
    );
    let told = shop.receive(&asked).await?;
    answer::show(paint, &told);

    paint.step(
        "06",
        "쇼핑몰 → 한옥",
        "The shop may fetch it as well, once, within ten minutes.",
    );
    shop.fetch(&asked).await?;

    paint.step("07", "쇼핑몰 → 한옥", "What became of it.");
    shop.status(&asked).await?;

    paint.step(
        "!",
        "한 번뿐",
        "The same approval once more: it counted already.",
    );
    phone.confirm(wire, &asked, pin).await?.expect(400)?;
    Ok(())
}

/// The shop's and the phone's clock.
fn now() -> hanok_base::Timestamp {
    Clock::system().now()
}
