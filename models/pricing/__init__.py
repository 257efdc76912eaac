"""How prices move, one kind a file."""
