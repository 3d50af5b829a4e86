//! What an operator does with an installation: looks whether it is well, and changes its log.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod place;

mod disk;
mod doctor;
mod doctor_ground;
mod doctor_mail;
mod doctor_neighbours;
mod events;
mod log_levels;

/// Runs `$test` over an installation on SQLite and over one on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($($(#[$attribute:meta])* async fn $name:ident($place:ident) $body:block)*) => {
        $(
            mod $name {
                #[allow(unused_imports, clippy::allow_attributes, reason = "not every test needs all")]
                use super::*;

                $(#[$attribute])*
                async fn test(mut $place: $crate::place::Place) {
                    let _ = &mut $place;
                    $body
                }

                #[tokio::test(flavor = "multi_thread")]
                async fn sqlite() {
                    test($crate::place::Place::sqlite()).await;
                }

                #[tokio::test(flavor = "multi_thread")]
                async fn postgres() {
                    match $crate::place::Place::postgres().await {
                        Some(place) => test(place).await,
                        None => println!("not run: PostgreSQL (HANOK_TEST_POSTGRES is unset)"),
                    }
                }
            }
        )*
    };
}
