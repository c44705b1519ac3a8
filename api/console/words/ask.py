"""Phrases of the console: ask."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase

PHRASES: Mapping[str, Phrase] = {}
