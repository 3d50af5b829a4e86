//! Where a list of hits goes on.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::rules::A_PAGE;

/// What the hits of a list are found by, in the order in which they stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The words, in the title.
    Title,
    /// The words, and not all of them in the title.
    Rest,
    /// The words, wherever they are.
    Whole,
    /// The words without their particles.
    Particles,
}

/// A place in a list: the next row is older than `before`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) stage: Stage,
    pub(super) before: i64,
    /// How many the words themselves have found up to here, a page's worth at most.
    pub(super) exact: u32,
}

/// Where both lists go on; one that is at its end goes on nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) posts: Option<Place>,
    pub(super) comments: Option<Place>,
}

impl Stage {
    const ALL: [(Self, char); 4] = [
        (Self::Title, 't'),
        (Self::Rest, 'r'),
        (Self::Whole, 'w'),
        (Self::Particles, 'p'),
    ];

    fn letter(self) -> char {
        let known = Self::ALL.iter().find(|(stage, _)| *stage == self);
        known.map_or('w', |(_, letter)| *letter)
    }

    /// What follows it.
    pub(super) const fn next(self) -> Option<Self> {
        match self {
            Self::Title => Some(Self::Rest),
            Self::Rest | Self::Whole => Some(Self::Particles),
            Self::Particles => None,
        }
    }
}

impl Place {
    /// The beginning of a stage.
    pub(super) const fn first(stage: Stage) -> Self {
        Self {
            stage,
            before: i64::MAX,
            exact: 0,
        }
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}.{}", self.stage.letter(), self.before, self.exact)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut stages = Stage::ALL.iter();
        let (stage, letter) = stages
            .find(|(_, letter)| text.starts_with(*letter))
            .ok_or(())?;
        let numbers = text.strip_prefix(*letter).ok_or(())?;
        let (before, exact) = numbers.split_once('.').ok_or(())?;
        Ok(Self {
            stage: *stage,
            before: number(before)?,
            exact: Some(number(exact)?)
                .filter(|exact| *exact <= A_PAGE)
                .ok_or(())?,
        })
    }
}

/// A number as it is written here.
fn number<N: FromStr>(text: &str) -> Result<N, ()> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then_some(text).ok_or(())?.parse().map_err(|_| ())
}

impl Places {
    /// `None` where both lists are at their end.
    pub(super) fn open(self) -> Option<Self> {
        (self.posts.is_some() || self.comments.is_some()).then_some(self)
    }
}

impl Display for Places {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.posts {
            place.fmt(f)?;
        }
        f.write_str("-")?;
        self.comments.map_or(Ok(()), |place| place.fmt(f))
    }
}

impl FromStr for Places {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (posts, comments) = text.split_once('-').ok_or(())?;
        let place = |text: &str| match text {
            "" => Ok(None),
            text => text.parse().map(Some),
        };
        Ok(Self {
            posts: place(posts)?,
            comments: place(comments)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_and_nothing_else_does() {
        for text in ["t12.0-", "-w9.19", "r1.3-p2.0", "p9223372036854775807.5-"] {
            let places: Places = text.parse().unwrap();
            assert_eq!(places.to_string(), text);
        }
        for text in [
            "",
            "12-",
            "x1.1-",
            "w1-",
            "w-1.1-",
            "w1.1",
            "w+1.1-",
            "w1.-",
            "방-",
            "w99999999999999999999.1-",
            "w1.4294967295-",
            "w1.21-",
        ] {
            assert_eq!(text.parse::<Places>(), Err(()), "{text}");
        }
    }
}
