"""Words of the languages that questions come in."""
