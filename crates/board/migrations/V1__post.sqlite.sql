-- Posts and comments: the serial is the number that people see and share, so none is given twice.
CREATE TABLE board_post (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    id UUID NOT NULL,
    category_id UUID NOT NULL REFERENCES board_category (id),
    author_id UUID NOT NULL REFERENCES account (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    edited_at BIGINT,
    -- Rises with every edit; an edit says which one it was made of.
    rev BIGINT NOT NULL DEFAULT 1,
    comment_count BIGINT NOT NULL DEFAULT 0,
    recommend_count BIGINT NOT NULL DEFAULT 0,
    view_count BIGINT NOT NULL DEFAULT 0,
    -- 0: nobody has said anything yet.
    last_comment_at BIGINT NOT NULL DEFAULT 0,
    pinned_at BIGINT,
    must_read_at BIGINT,
    reminded_at BIGINT,
    locked_at BIGINT,
    hidden_at BIGINT,
    hidden_by UUID,
    hidden_reason TEXT,
    deleted_at BIGINT,
    deleted_by UUID
);

CREATE TABLE board_comment (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    id UUID NOT NULL,
    post BIGINT NOT NULL REFERENCES board_post (serial) ON DELETE CASCADE,
    -- What it answers; that one answers none itself.
    parent BIGINT REFERENCES board_comment (serial) ON DELETE CASCADE,
    author_id UUID NOT NULL REFERENCES account (id),
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    edited_at BIGINT,
    rev BIGINT NOT NULL DEFAULT 1,
    hidden_at BIGINT,
    hidden_by UUID,
    hidden_reason TEXT,
    deleted_at BIGINT,
    deleted_by UUID
);

