//! Makes the texts of the frame into functions.

fn main() {
    hanok_i18n::build::generate("i18n");
}
