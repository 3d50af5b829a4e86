//! Parameters: what a statement is given.

use std::fmt;

use hanok_base::{Id, Timestamp};
use uuid::Uuid;

/// A value on its way to or from the store, borrowed. Its `Debug` shows the kind, never the content.
#[derive(Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// NULL.
    Null,
    /// `BIGINT`: numbers, times (microseconds since 1970 UTC), money.
    I64(i64),
    /// `DOUBLE PRECISION`.
    F64(f64),
    /// `BOOLEAN`; 0 and 1 on SQLite.
    Bool(bool),
    /// `TEXT`.
    Text(&'a str),
    /// `BYTEA`.
    Bytes(&'a [u8]),
    /// `UUID`; 16 bytes on SQLite.
    Uuid(Uuid),
}

impl Value<'_> {
    /// What kind of value it is, for messages.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::I64(_) => "a number",
            Self::F64(_) => "a floating-point number",
            Self::Bool(_) => "a boolean",
            Self::Text(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::Uuid(_) => "a UUID",
        }
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

/// What can be a parameter of a statement.
pub trait Param {
    /// The value to bind.
    fn value(&self) -> Value<'_>;
}

/// The parameters of a statement, `$1` first: `params![id, name, now]`. Each is taken by reference.
#[macro_export]
macro_rules! params {
    ($($param:expr),* $(,)?) => {
        &[$($crate::Param::value(&$param)),*]
    };
}

macro_rules! params_by_value {
    ($($kind:ty => |$it:ident| $value:expr;)*) => {
        $(impl Param for $kind {
            fn value(&self) -> Value<'_> {
                let $it = self;
                $value
            }
        })*
    };
}

params_by_value! {
    i64 => |it| Value::I64(*it);
    i32 => |it| Value::I64(i64::from(*it));
    u32 => |it| Value::I64(i64::from(*it));
    u16 => |it| Value::I64(i64::from(*it));
    bool => |it| Value::Bool(*it);
    f64 => |it| Value::F64(*it);
    str => |it| Value::Text(it);
    String => |it| Value::Text(it);
    [u8] => |it| Value::Bytes(it);
    Vec<u8> => |it| Value::Bytes(it);
    Uuid => |it| Value::Uuid(*it);
    Timestamp => |it| Value::I64(it.micros());
    Value<'_> => |it| *it;
}

impl<const N: usize> Param for [u8; N] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl<K> Param for Id<K> {
    fn value(&self) -> Value<'_> {
        Value::Uuid(self.uuid())
    }
}

impl<P: Param> Param for Option<P> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, Param::value)
    }
}

impl<P: Param + ?Sized> Param for &P {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}
