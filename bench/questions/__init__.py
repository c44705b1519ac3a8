"""The question bench: questions with the plans they stand for, asked of worlds whose truth is known on paper."""
