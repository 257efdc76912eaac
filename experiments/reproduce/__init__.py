"""Published results, computed and simulated anew: one study a file, its facts with their source in `cases/`."""
