"""Streams to samples: sources and the pipeline into the historian."""
