"""Mathematics: no clock, no files, no frames, no hidden randomness."""
