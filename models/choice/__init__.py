"""Choice models, one a file: surplus vectors and sequences of attempts (R6, R8)."""
