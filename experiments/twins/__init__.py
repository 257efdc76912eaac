"""Two worlds with the same customers: who moves because of a change (R11)."""
