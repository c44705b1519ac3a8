"""The benchmark's own plant, the Tennessee Eastman Process: logs, what-if pairs with their truth, fault runs."""
