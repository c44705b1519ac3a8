"""Phrases of the console: events."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase

PHRASES: Mapping[str, Phrase] = {}
