//! Makes the texts of notifications into functions.

fn main() {
    hanok_i18n::build::generate("i18n");
}
