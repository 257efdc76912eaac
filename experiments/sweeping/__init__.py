"""One scenario at many points: values of some of its keys, on the same customers at each."""
