"""Policies that decide by optimising: they follow a plan, or make a new one from time to time."""
