"""Linear programs: arrays in, plans out; one module talks to the solver."""
