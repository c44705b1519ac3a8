"""Scores of predictions on a folder of the benchmark; the only readers of what a model must not see."""
