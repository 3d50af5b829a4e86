//! Makes the texts of the system's pages into functions.

fn main() {
    hanok_i18n::build::generate("i18n");
}
