"""The files of public data sets, read and written as their own code does."""
