"""What one can ask of a twin: pure functions over its protocols. REST, CLI, console and language call these alone."""
