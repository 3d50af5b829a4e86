"""A board's list and post page, as a Flask developer would write them: the peer of benches/board."""
