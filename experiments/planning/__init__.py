"""From a scenario to a plan by a linear program, from the plan to a policy, and to what it is worth in the simulator."""
