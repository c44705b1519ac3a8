"""What a person or a program may ask: REST, console, command line, language."""
