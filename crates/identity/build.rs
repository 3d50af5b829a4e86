//! Makes the texts of identity into functions.

fn main() {
    hanok_i18n::build::generate("i18n");
}
