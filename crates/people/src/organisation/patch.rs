//! A field of a change that may be left out, emptied or set.

use serde::{Deserialize, Deserializer};

/// A field that may be left out, emptied or set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Field<T> {
    /// Left out: it stays as it is.
    #[default]
    Left,
    /// `null`: it becomes empty.
    Null,
    /// A new value.
    Given(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Given))
    }
}

impl<T> Field<T> {
    /// The value that it sets, if it sets one.
    pub(crate) const fn given(&self) -> Option<&T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Left | Self::Null => None,
        }
    }

    /// What `now` becomes.
    pub(crate) fn or(self, now: Option<T>) -> Option<T> {
        match self {
            Self::Left => now,
            Self::Null => None,
            Self::Given(value) => Some(value),
        }
    }
}

/// Tells a field that is there from one that is left out; `null` is read as what the field holds.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
