//! The [`record!`](macro@crate::record) macro: a row's fields and its SELECT list, written once.

/// A struct that is read from a row, and the list of its columns as the constant `COLUMNS`.
///
/// `from "t"` puts an alias before each column. A field whose column has another name says so with
/// `= "name"`; then the name is taken as it is, also an expression.
///
/// ```
/// hanok_db::record! {
///     /// An account, as the sign-in needs it.
///     #[derive(Debug)]
///     pub struct AccountRow {
///         /// Its number.
///         pub id: i64,
///         /// What it is called.
///         pub kind: String = "type",
///     }
/// }
/// assert_eq!(AccountRow::COLUMNS, "id, type");
/// ```
#[macro_export]
macro_rules! record {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident $(from $alias:literal)? {
            $($(#[$field_attribute:meta])* $field_visibility:vis $field:ident: $kind:ty $(= $column:literal)?),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $name {
            $($(#[$field_attribute])* $field_visibility $field: $kind,)+
        }

        impl $name {
            /// The columns of a SELECT or RETURNING that is read into this, in order.
            $visibility const COLUMNS: &'static str = $crate::__columns!([$($alias)?] $([$field $(= $column)?])+);
        }

        impl $crate::Record for $name {
            fn read(row: &mut $crate::RowReader<'_>) -> ::core::result::Result<Self, $crate::DbError> {
                ::core::result::Result::Ok(Self { $($field: $crate::Record::read(row)?),+ })
            }
        }
    };
}

/// The list of columns of a [`record!`](macro@crate::record).
#[doc(hidden)]
#[macro_export]
macro_rules! __columns {
    ($alias:tt $first:tt $($rest:tt)*) => {
        concat!($crate::__column!($alias $first) $(, ", ", $crate::__column!($alias $rest))*)
    };
}

/// One column of a [`record!`](macro@crate::record).
#[doc(hidden)]
#[macro_export]
macro_rules! __column {
    ([] [$field:ident]) => {
        stringify!($field)
    };
    ([$alias:literal] [$field:ident]) => {
        concat!($alias, ".", stringify!($field))
    };
    ($alias:tt [$field:ident = $column:literal]) => {
        $column
    };
}
