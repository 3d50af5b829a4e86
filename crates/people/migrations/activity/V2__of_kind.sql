-- The list of one kind of activity; what a person did and what was done in some days have theirs.
CREATE INDEX people_activity_of_kind ON people_activity (activity_type, at DESC, id DESC);
