"""Studies: their specification, the samples they ask, their state and progress."""
