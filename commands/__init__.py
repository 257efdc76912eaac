"""What `demandshift` can be told to do, one file for each family of commands."""
