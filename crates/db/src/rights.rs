//! What the database's role may not do and has to.

use crate::config::Engine;
use crate::conn::Conn;
use crate::db::Db;
use crate::error::DbError;

const ROLE: &str = "SELECT CAST(current_user AS TEXT), COALESCE(CAST(current_schema() AS TEXT), 'public'), \
    CAST(CASE WHEN has_schema_privilege(current_schema(), 'CREATE') THEN 1 ELSE 0 END AS BIGINT)";

/// Rows of the trail are never changed; the histories are written by migrations, and what extensions made is
/// nobody's business.
const MISSING: &str = r"
    SELECT CAST(c.relname AS TEXT), r.verb
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS r (verb)
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
      AND NOT has_table_privilege(c.oid, r.verb)
      AND NOT (r.verb IN ('UPDATE', 'DELETE') AND c.relname IN ('audit_log', 'audit_chain', 'audit_checkpoint'))
      AND NOT (r.verb <> 'SELECT' AND c.relname LIKE '%\_migrations')
      AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname, r.verb
    LIMIT 500";

/// What a role of `PostgreSQL` may do with its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// The role.
    pub role: String,
    /// The schema in which its tables are, or would be made.
    pub schema: String,
    /// Whether it may make tables there, which only migrations do.
    pub may_create: bool,
    /// Tables with what it may not do with them and a running server has to.
    pub missing: Vec<(String, String)>,
}

impl Db {
    /// What this store's role may do; `None` for SQLite, where the file's permissions are all there is.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn rights(&self) -> Result<Option<Rights>, DbError> {
        if self.engine() == Engine::Sqlite {
            return Ok(None);
        }
        self.read(async |conn: &mut Conn| {
            let (role, schema, may_create): (String, String, i64) = conn.one(ROLE, &[]).await?;
            Ok(Some(Rights {
                role,
                schema,
                may_create: may_create == 1,
                missing: conn.all(MISSING, &[]).await?,
            }))
        })
        .await
    }
}
