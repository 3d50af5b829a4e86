//! A part of a name by which people are looked for, alike on both engines: SQLite folds the case of ASCII letters alone,
//! PostgreSQL what its locale says. A store is asked for what may match, and what does is decided here.

use unicode_normalization::UnicodeNormalization;

/// A part of a name, whatever its case.
#[derive(Clone, Debug)]
pub struct NamePart {
    folded: String,
    like: String,
    is_exact: bool,
}

impl NamePart {
    /// The part that was typed.
    pub fn new(typed: &str) -> Self {
        let (mut like, mut is_exact) = (String::with_capacity(typed.len()), true);
        for c in typed.nfc() {
            if matches!(c, '%' | '_' | '!') {
                like.push('!');
            }
            if c.is_ascii() || has_no_case(c) {
                like.push(c.to_ascii_lowercase());
            } else {
                is_exact = false;
                like.push('_');
            }
        }
        Self {
            folded: folded(typed),
            like,
            is_exact,
        }
    }

    /// What `LOWER(name) LIKE … ESCAPE '!'` takes to find every name that may hold the part.
    pub fn within(&self) -> String {
        format!("%{}%", self.like)
    }

    /// The same of every name that may begin with it.
    pub fn first(&self) -> String {
        format!("{}%", self.like)
    }

    /// Whether the store finds nothing else by these: only then it may be asked for no more than are wanted.
    pub const fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// Whether a name holds the part.
    pub fn is_in(&self, name: &str) -> bool {
        folded(name).contains(&self.folded)
    }

    /// Whether a name begins with it.
    pub fn begins(&self, name: &str) -> bool {
        folded(name).starts_with(&self.folded)
    }
}

fn has_no_case(c: char) -> bool {
    c.to_lowercase().eq([c]) && c.to_uppercase().eq([c])
}

fn folded(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_whatever_its_case_and_however_it_is_composed() {
        for typed in ["Ärz", "ärz", "a\u{308}RZ"] {
            let part = NamePart::new(typed);
            assert_eq!(
                (part.within(), part.first()),
                ("%_rz%".to_owned(), "_rz%".to_owned())
            );
            assert!(!part.is_exact());
            assert!(part.is_in("Die Ärzte") && part.begins("ärzte"), "{typed}");
            assert!(!part.is_in("Herz") && !part.begins("Die Ärzte"), "{typed}");
        }
    }

    #[test]
    fn what_both_engines_fold_alike_is_left_to_them() {
        for (typed, like) in [
            ("하늘", "%하늘%"),
            ("HaN", "%han%"),
            ("10%_!", "%10!%!_!!%"),
        ] {
            let part = NamePart::new(typed);
            assert!(part.is_exact());
            assert_eq!(part.within(), like);
        }
    }
}
