-- Where people write, and who may read and write there.

CREATE TABLE board_category (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    description TEXT NOT NULL,
    -- A notice is written by few and read by all; in a free one people talk.
    kind TEXT NOT NULL CONSTRAINT board_category_kind_known CHECK (kind IN ('free', 'notice')),
    position BIGINT NOT NULL,
    everyone_reads BOOLEAN NOT NULL,
    everyone_writes BOOLEAN NOT NULL,
    -- How many posts its list shows: kept by the units that change it, so that no page counts them.
    post_count BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE UNIQUE INDEX board_category_name ON board_category (name_key);
CREATE INDEX board_category_position ON board_category (position, id);

-- A role by its name, a team or a department (with those below it) by its id. Writing implies reading.
CREATE TABLE board_category_right (
    category_id UUID NOT NULL REFERENCES board_category (id) ON DELETE CASCADE,
    action TEXT NOT NULL CONSTRAINT board_category_right_action_known CHECK (action IN ('read', 'write')),
    kind TEXT NOT NULL CONSTRAINT board_category_right_kind_known CHECK (kind IN ('role', 'team', 'department')),
    role TEXT,
    group_id UUID,
    CONSTRAINT board_category_right_subject CHECK ((kind = 'role') = (role IS NOT NULL)
        AND (kind = 'role') = (group_id IS NULL))
);

CREATE UNIQUE INDEX board_category_right_role ON board_category_right (category_id, action, role)
    WHERE role IS NOT NULL;
CREATE UNIQUE INDEX board_category_right_group ON board_category_right (category_id, action, kind, group_id)
    WHERE group_id IS NOT NULL;
CREATE INDEX board_category_right_of_role ON board_category_right (role) WHERE role IS NOT NULL;
CREATE INDEX board_category_right_of_group ON board_category_right (group_id) WHERE group_id IS NOT NULL;

