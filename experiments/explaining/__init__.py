"""The difference between two scenarios, key by key, and what each key carries of it."""
