//! What `hanok demo` says once it is served.

use std::path::Path;

use hanok_base::terminal;

use crate::people::{PEOPLE, Person};
use crate::shop::DemoFile;

/// Names the people and the addresses of a demo that is reached at `url`.
pub fn greet(url: &str, data_dir: &Path, shop: Option<&DemoFile>) {
    terminal::line("한옥 데모 · Hanok demo: made-up people, on this machine only.\n");
    let row = |person: &Person| {
        let (phone, pin) = person.phone.unwrap_or_default();
        [
            person.name,
            person.username,
            person.password,
            person.role(),
            phone,
            pin,
        ]
        .map(str::to_owned)
    };
    let rows: Vec<_> = PEOPLE.iter().map(row).collect();
    terminal::table(
        ["name", "username", "password", "role", "phone", "PIN"],
        &rows,
    );
    terminal::line("");
    let places = places(url, data_dir, shop);
    let widest = places
        .iter()
        .map(|(name, _)| terminal::width(name))
        .max()
        .unwrap_or_default();
    for (name, place) in places {
        terminal::line(format_args!(
            "{name}{}  {place}",
            " ".repeat(widest - terminal::width(name))
        ));
    }
    terminal::line(
        "\nA real phone can be paired over https only: its browser keeps no key otherwise. Here the phone is a page of this browser.",
    );
    terminal::line(
        "In another terminal: make demo (hanok demo walk) plays one identity request. Ctrl-C stops the demo.\n",
    );
}

fn places(url: &str, data_dir: &Path, shop: Option<&DemoFile>) -> Vec<(&'static str, String)> {
    let mut places = vec![("start page", format!("{url}/"))];
    if shop.is_some() {
        places.push(("a shop and a phone to try", format!("{url}/demo")));
        places.push(("the phone, in this browser", format!("{url}/phone")));
    }
    places.push(("text messages", format!("{url}/dev/sms")));
    places.push(("mail", format!("{url}/dev/mail")));
    if let Some(shop) = shop {
        let file = DemoFile::path(data_dir);
        places.push(("what \"A 쇼핑몰\" received", format!("{url}/dev/callbacks")));
        places.push((
            "its credentials",
            format!("{} (client id {})", file.display(), shop.client_id),
        ));
    }
    places.push(("the interface", format!("{url}/api/openapi.json")));
    places
}
