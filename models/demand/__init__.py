"""When customers come, one kind a file."""
