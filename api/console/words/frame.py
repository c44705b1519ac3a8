"""Phrases of the console: what all pages share."""

from collections.abc import Mapping

from api.console.words.phrase import Phrase

PHRASES: Mapping[str, Phrase] = {
    "frame.still_open": Phrase("{start} {zone}, still open", "{start} {zone}, noch offen"),
}
