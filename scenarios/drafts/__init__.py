"""First drafts of scenarios, from a planner's answers: commented files that run."""
