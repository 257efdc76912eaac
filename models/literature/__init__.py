"""Closed forms of the literature, one model a file: what the simulator must agree with."""
