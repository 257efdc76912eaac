"""From a scenario to a plan by a linear program, to a policy, and to what it is worth in the simulator."""
