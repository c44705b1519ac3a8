"""Phrases of the console: whatif."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase

PHRASES: Mapping[str, Phrase] = {}
