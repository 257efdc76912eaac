"""Where replications are kept, so that what was computed once is not computed again."""
