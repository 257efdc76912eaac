"""What a scenario file may say: one room for each part of the file, types and bounds only."""
