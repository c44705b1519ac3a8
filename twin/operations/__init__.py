"""What one can do with a twin: pure functions over the protocols. REST, chat and CLI call these."""
