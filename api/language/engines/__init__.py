"""Engines: each gives its opinion on what every clause of a question asks for."""
