"""Many runs: fits, comparisons and reports."""
