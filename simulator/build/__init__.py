"""From a scenario to a problem and concrete models: the only place that sees both."""
