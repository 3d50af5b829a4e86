-- What is looked for, by serial: the terms of titles, bodies and comments (`db::text_search`). They hold no text. One
-- syllable alone is looked for as what begins with it, which has an index of its own.
CREATE VIRTUAL TABLE board_post_search USING fts5(
    terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '1'
);

CREATE VIRTUAL TABLE board_comment_search USING fts5(
    terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii', prefix = '1'
);
