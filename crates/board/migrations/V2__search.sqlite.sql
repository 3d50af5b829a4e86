-- What is looked for, by serial: the terms of titles, bodies and comments (`db::text_search`). They hold no text.
CREATE VIRTUAL TABLE board_post_search USING fts5(
    terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

CREATE VIRTUAL TABLE board_comment_search USING fts5(
    terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);
