"""Questions in words, answers in words: a deterministic grammar first, a language model where one is configured."""
