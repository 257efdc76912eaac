"""Fits of the library's scenarios to real data: the estimators, and one script a data set."""
