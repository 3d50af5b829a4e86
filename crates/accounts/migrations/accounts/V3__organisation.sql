-- How the organisation is ordered: departments, a tree in which a person has one place at a time, and teams.
-- What is closed stays, so that the history of a person can name it.

CREATE TABLE department (
    id UUID NOT NULL PRIMARY KEY,
    parent_id UUID REFERENCES department (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    manager_id UUID REFERENCES account (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE UNIQUE INDEX department_sibling ON department (parent_id, name_key) WHERE closed_at IS NULL;
-- NULL is no value of an index: without a parent they are siblings too.
CREATE UNIQUE INDEX department_top ON department (name_key) WHERE parent_id IS NULL AND closed_at IS NULL;
CREATE INDEX department_name ON department (name_key);
CREATE INDEX department_parent ON department (parent_id);
CREATE INDEX department_manager ON department (manager_id);

-- One row for each stay; the one without an end is where the person is now.
CREATE TABLE department_membership (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    department_id UUID NOT NULL REFERENCES department (id),
    since BIGINT NOT NULL,
    until BIGINT
);

CREATE UNIQUE INDEX department_membership_open ON department_membership (account_id) WHERE until IS NULL;
CREATE INDEX department_membership_now ON department_membership (department_id, since, account_id) WHERE until IS NULL;
CREATE INDEX department_membership_account ON department_membership (account_id, since);
CREATE INDEX department_membership_came ON department_membership (department_id, since);
CREATE INDEX department_membership_left ON department_membership (department_id, until) WHERE until IS NOT NULL;

CREATE TABLE team (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    leader_id UUID REFERENCES account (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE UNIQUE INDEX team_name ON team (name_key) WHERE closed_at IS NULL;
CREATE INDEX team_leader ON team (leader_id);

CREATE TABLE team_membership (
    id UUID NOT NULL PRIMARY KEY,
    team_id UUID NOT NULL REFERENCES team (id),
    account_id UUID NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    joined_at BIGINT NOT NULL,
    left_at BIGINT
);

CREATE UNIQUE INDEX team_membership_open ON team_membership (team_id, account_id) WHERE left_at IS NULL;
CREATE INDEX team_membership_account ON team_membership (account_id, joined_at);
CREATE INDEX team_membership_came ON team_membership (team_id, joined_at);
CREATE INDEX team_membership_left ON team_membership (team_id, left_at) WHERE left_at IS NOT NULL;
