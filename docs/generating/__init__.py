"""What follows from the code on each of the reference pages."""
