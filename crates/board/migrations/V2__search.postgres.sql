-- What is looked for, by serial: the terms of titles, bodies and comments (`db::text_search`). They hold no text.
-- What was written last is looked through one by one until it is sorted in, so that is to be little. The functions keep
-- the planner to the index, also for a term that it knows nothing of.
CREATE TABLE board_post_search (
    rowid BIGINT PRIMARY KEY,
    terms TSVECTOR NOT NULL
);

CREATE INDEX board_post_search_terms ON board_post_search USING GIN (terms) WITH (gin_pending_list_limit = 256);

CREATE FUNCTION board_post_search_found(TEXT, BIGINT) RETURNS SETOF BIGINT LANGUAGE sql STABLE ROWS 10
    SET enable_seqscan = off SET enable_indexscan = off AS
    $$ SELECT s.rowid FROM board_post_search s WHERE s.terms @@ CAST($1 AS TSQUERY) LIMIT $2 $$;

CREATE TABLE board_comment_search (
    rowid BIGINT PRIMARY KEY,
    terms TSVECTOR NOT NULL
);

CREATE INDEX board_comment_search_terms ON board_comment_search USING GIN (terms) WITH (gin_pending_list_limit = 256);

CREATE FUNCTION board_comment_search_found(TEXT, BIGINT) RETURNS SETOF BIGINT LANGUAGE sql STABLE ROWS 10
    SET enable_seqscan = off SET enable_indexscan = off AS
    $$ SELECT s.rowid FROM board_comment_search s WHERE s.terms @@ CAST($1 AS TSQUERY) LIMIT $2 $$;
