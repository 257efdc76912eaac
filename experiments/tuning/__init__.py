"""From a scenario and the values that may change to the best of them, judged on customers that the search never met."""
