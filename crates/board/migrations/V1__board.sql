CREATE UNIQUE INDEX board_post_id ON board_post (id);
-- The lists, of what they show: by age, by the last comment, by recommendations; of all categories and of one.
CREATE INDEX board_post_new ON board_post (serial, category_id) WHERE deleted_at IS NULL AND hidden_at IS NULL;
CREATE INDEX board_post_new_in ON board_post (category_id, serial) WHERE deleted_at IS NULL AND hidden_at IS NULL;
CREATE INDEX board_post_commented ON board_post (last_comment_at, serial, category_id)
    WHERE deleted_at IS NULL AND hidden_at IS NULL;
CREATE INDEX board_post_commented_in ON board_post (category_id, last_comment_at, serial)
    WHERE deleted_at IS NULL AND hidden_at IS NULL;
CREATE INDEX board_post_recommended ON board_post (recommend_count, serial, category_id)
    WHERE deleted_at IS NULL AND hidden_at IS NULL;
CREATE INDEX board_post_recommended_in ON board_post (category_id, recommend_count, serial)
    WHERE deleted_at IS NULL AND hidden_at IS NULL;
CREATE INDEX board_post_pinned ON board_post (category_id, pinned_at) WHERE pinned_at IS NOT NULL;
CREATE INDEX board_post_must_read ON board_post (must_read_at, category_id) WHERE must_read_at IS NOT NULL;
CREATE INDEX board_post_author ON board_post (author_id, serial);
CREATE INDEX board_post_deleted ON board_post (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE UNIQUE INDEX board_comment_id ON board_comment (id);
CREATE INDEX board_comment_of_post ON board_comment (post, serial);
-- Thread by thread, as pages show them.
CREATE INDEX board_comment_thread ON board_comment (post, COALESCE(parent, serial), serial);
CREATE INDEX board_comment_parent ON board_comment (parent, serial) WHERE parent IS NOT NULL;
CREATE INDEX board_comment_author ON board_comment (author_id, serial);
-- Whose words are still there.
CREATE INDEX board_comment_deleted ON board_comment (deleted_at) WHERE deleted_at IS NOT NULL AND body <> '';

-- What stood there before each edit.
CREATE TABLE board_post_revision (
    post BIGINT NOT NULL REFERENCES board_post (serial) ON DELETE CASCADE,
    rev BIGINT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    editor_id UUID NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (post, rev)
);

-- What somebody is writing: one text for a new post, and one for each post that they edit.
CREATE TABLE board_draft (
    id UUID NOT NULL PRIMARY KEY,
    author_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    post BIGINT REFERENCES board_post (serial) ON DELETE CASCADE,
    -- Which text of the post it was begun from: a newer one is not to be overwritten unseen.
    rev BIGINT,
    category_id UUID,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX board_draft_new ON board_draft (author_id) WHERE post IS NULL;
CREATE UNIQUE INDEX board_draft_edit ON board_draft (author_id, post) WHERE post IS NOT NULL;
CREATE INDEX board_draft_post ON board_draft (post) WHERE post IS NOT NULL;

-- Who has read what; the day is the organisation's, so that a person counts once a day.
CREATE TABLE board_reading (
    post BIGINT NOT NULL REFERENCES board_post (serial) ON DELETE CASCADE,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    first_read_at BIGINT NOT NULL,
    last_read_at BIGINT NOT NULL,
    last_day TEXT NOT NULL,
    comments_seen BIGINT NOT NULL,
    PRIMARY KEY (post, account_id)
);

CREATE INDEX board_reading_account ON board_reading (account_id, post);

CREATE TABLE board_recommendation (
    post BIGINT NOT NULL REFERENCES board_post (serial) ON DELETE CASCADE,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (post, account_id)
);

CREATE INDEX board_recommendation_account ON board_recommendation (account_id);

CREATE TABLE board_bookmark (
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    post BIGINT NOT NULL REFERENCES board_post (serial) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    PRIMARY KEY (account_id, post)
);

CREATE INDEX board_bookmark_post ON board_bookmark (post);
CREATE INDEX board_bookmark_newest ON board_bookmark (account_id, at, post);

-- Who is named in a post or a comment (comment NULL: in the post itself).
CREATE TABLE board_mention (
    post BIGINT NOT NULL REFERENCES board_post (serial) ON DELETE CASCADE,
    comment BIGINT REFERENCES board_comment (serial) ON DELETE CASCADE,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX board_mention_in_post ON board_mention (post, account_id) WHERE comment IS NULL;
CREATE UNIQUE INDEX board_mention_in_comment ON board_mention (comment, account_id) WHERE comment IS NOT NULL;
CREATE INDEX board_mention_of_post ON board_mention (post);
CREATE INDEX board_mention_account ON board_mention (account_id);

-- The files, each once however often it is attached; rows of board_attachment own them.
CREATE TABLE board_blob (
    sha256 BYTEA NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    -- Who attached it last: while no row owns it, it counts as theirs.
    last_owner_id UUID REFERENCES account (id) ON DELETE SET NULL,
    -- Since when no row owns it.
    orphaned_at BIGINT,
    -- Since when it is being taken away: nothing may name it any more.
    doomed_at BIGINT
);

CREATE INDEX board_blob_last_owner ON board_blob (last_owner_id) WHERE last_owner_id IS NOT NULL;
CREATE INDEX board_blob_orphaned ON board_blob (orphaned_at) WHERE orphaned_at IS NOT NULL;
CREATE INDEX board_blob_doomed ON board_blob (doomed_at) WHERE doomed_at IS NOT NULL;

CREATE TABLE board_attachment (
    id UUID NOT NULL PRIMARY KEY,
    post BIGINT REFERENCES board_post (serial) ON DELETE CASCADE,
    draft UUID REFERENCES board_draft (id) ON DELETE CASCADE,
    owner_id UUID NOT NULL REFERENCES account (id),
    sha256 BYTEA NOT NULL REFERENCES board_blob (sha256),
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    width BIGINT,
    height BIGINT,
    created_at BIGINT NOT NULL,
    CONSTRAINT board_attachment_owned CHECK (post IS NULL OR draft IS NULL)
);

CREATE INDEX board_attachment_post ON board_attachment (post, created_at);
CREATE INDEX board_attachment_draft ON board_attachment (draft, created_at);
CREATE INDEX board_attachment_owner ON board_attachment (owner_id);
CREATE INDEX board_attachment_blob ON board_attachment (sha256);

CREATE TABLE board_report (
    id UUID NOT NULL PRIMARY KEY,
    post BIGINT NOT NULL REFERENCES board_post (serial) ON DELETE CASCADE,
    comment BIGINT REFERENCES board_comment (serial) ON DELETE CASCADE,
    reporter_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by UUID,
    outcome TEXT
);

CREATE UNIQUE INDEX board_report_of_post ON board_report (post, reporter_id) WHERE comment IS NULL AND closed_at IS NULL;
CREATE UNIQUE INDEX board_report_of_comment ON board_report (comment, reporter_id)
    WHERE comment IS NOT NULL AND closed_at IS NULL;
CREATE INDEX board_report_open ON board_report (created_at, id) WHERE closed_at IS NULL;
CREATE INDEX board_report_closed ON board_report (closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX board_report_post ON board_report (post);
CREATE INDEX board_report_comment ON board_report (comment) WHERE comment IS NOT NULL;
CREATE INDEX board_report_reporter ON board_report (reporter_id);

-- Who may read but not write, until when (NULL: until it is lifted).
CREATE TABLE board_restriction (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    since BIGINT NOT NULL,
    until BIGINT,
    reason TEXT NOT NULL,
    restricted_by UUID
);

CREATE TABLE board_feed_key (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES account (id) ON DELETE CASCADE,
    key_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX board_feed_key_hash ON board_feed_key (key_hash);
