"""The parts of `benches/run`: one module for each server, and what they share."""
