"""The scenario language and the library: from a file to a frozen, checked and hashed scenario."""
