//! Values in PostgreSQL's binary format, each in the type that the statement declares.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::value::Value;

type Fault = Box<dyn Error + Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::I64(number), &Type::INT8) => number.to_sql(ty, out),
            (Self::I64(number), &Type::INT4) => i32::try_from(*number)?.to_sql(ty, out),
            (Self::I64(number), &Type::INT2) => i16::try_from(*number)?.to_sql(ty, out),
            (Self::I64(number), &Type::OID) => u32::try_from(*number)?.to_sql(ty, out),
            (Self::F64(number), &Type::FLOAT8) => number.to_sql(ty, out),
            (Self::Bool(truth), &Type::BOOL) => truth.to_sql(ty, out),
            (
                Self::Text(text),
                &(Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN),
            ) => text.to_sql(ty, out),
            (Self::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(ty, out),
            (Self::Uuid(uuid), &Type::UUID) => uuid.to_sql(ty, out),
            _ => Err(format!("{} where the statement takes {ty}", self.kind()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        Ok(match *ty {
            Type::INT8 => Self::I64(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::I64(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Self::I64(i16::from_sql(ty, raw)?.into()),
            Type::OID => Self::I64(u32::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Self::F64(f64::from_sql(ty, raw)?),
            Type::FLOAT4 => Self::F64(f32::from_sql(ty, raw)?.into()),
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::BYTEA => Self::Bytes(<&[u8]>::from_sql(ty, raw)?),
            Type::UUID => Self::Uuid(Uuid::from_sql(ty, raw)?),
            _ => Self::Text(<&str>::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Fault> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        const OTHERS: [Type; 10] = [
            Type::INT8,
            Type::INT4,
            Type::INT2,
            Type::OID,
            Type::FLOAT8,
            Type::FLOAT4,
            Type::BOOL,
            Type::BYTEA,
            Type::UUID,
            Type::UNKNOWN,
        ];
        OTHERS.contains(ty) || <&str as FromSql>::accepts(ty)
    }
}
