"""The numbers of the README: one file per table, results as JSON."""
