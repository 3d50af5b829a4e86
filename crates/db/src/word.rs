//! The [`text_enum!`](crate::text_enum) macro: states as enums, words in the store.

/// A text that is none of an enum's words. It names the enum, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a word of {0}")]
pub struct UnknownWord(pub &'static str);

/// An enum whose variants are words in the store, in JSON and in `Display`.
///
/// ```
/// hanok_db::text_enum! {
///     /// What became of it.
///     pub enum Status {
///         /// Waits for its person.
///         Pending = "PENDING",
///         /// Was confirmed.
///         Completed = "COMPLETED",
///     }
/// }
/// assert_eq!("PENDING".parse(), Ok(Status::Pending));
/// assert_eq!(Status::Completed.as_str(), "COMPLETED");
/// ```
#[macro_export]
macro_rules! text_enum {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$variant_attribute:meta])* $variant:ident = $word:literal),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility enum $name {
            $($(#[$variant_attribute])* $variant,)+
        }

        #[allow(dead_code, clippy::allow_attributes, reason = "not every enum needs all of it")]
        impl $name {
            /// Every variant, in order.
            $visibility const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its word.
            $visibility const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> ::core::result::Result<Self, Self::Err> {
                match word {
                    $($word => ::core::result::Result::Ok(Self::$variant),)+
                    _ => ::core::result::Result::Err($crate::UnknownWord(stringify!($name))),
                }
            }
        }

        impl $crate::Param for $name {
            fn value(&self) -> $crate::Value<'_> {
                $crate::Value::Text(self.as_str())
            }
        }

        impl $crate::FromValue for $name {
            const EXPECTED: &'static str = concat!("a word of ", stringify!($name));

            fn from_value(value: $crate::Value<'_>) -> ::core::option::Option<Self> {
                match value {
                    $crate::Value::Text(word) => word.parse().ok(),
                    _ => ::core::option::Option::None,
                }
            }
        }

        impl $crate::private::serde::Serialize for $name {
            fn serialize<S: $crate::private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let word = <::std::borrow::Cow<'_, str> as $crate::private::serde::Deserialize>::deserialize(deserializer)?;
                word.parse().map_err($crate::private::serde::de::Error::custom)
            }
        }
    };
}
