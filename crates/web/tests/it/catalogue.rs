//! The texts of this crate.

use hanok_base::i18n::{Catalogue, Locale};
use hanok_web::{MESSAGES, codes};

#[test]
fn every_code_has_its_text_in_both_languages() {
    let catalogue = Catalogue::new(&MESSAGES).unwrap();
    assert_eq!(catalogue.check(), Vec::<String>::new());
    for code in codes::ALL {
        assert!(
            catalogue.has(&format!("error.{}", code.name)),
            "{}",
            code.name
        );
    }
    let phone = catalogue.text(Locale::En, "field.phone_format", &[]);
    assert_eq!(phone, "Phone number must be in format: 010-1234-5678");
}

#[test]
fn older_clients_find_the_words_they_know() {
    assert_eq!(codes::ALREADY_PROCESSED.title, "Already processed");
    assert_eq!(codes::TRANSACTION_EXPIRED.title, "Transaction expired");
    assert_eq!(codes::INVALID_PIN.title, "Invalid PIN");
}

#[test]
fn every_code_is_told_apart() {
    let mut names: Vec<_> = codes::ALL.iter().map(|code| code.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), codes::ALL.len());
}
