//! Makes the texts of accounts into functions.

fn main() {
    hanok_i18n::build::generate("i18n");
}
