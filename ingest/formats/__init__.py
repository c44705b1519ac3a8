"""Samples from bytes: one module per format, none of which knows where the bytes came from."""
