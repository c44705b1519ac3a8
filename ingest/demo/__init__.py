"""The demo plant: the Tennessee Eastman Process under Ricker's decentralised controller."""
