"""When and how much is ordered, one kind a file."""
