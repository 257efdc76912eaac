"""Scenarios and policies against each other, on the same customers."""
