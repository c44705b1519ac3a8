"""What the console says, by key, in the language of the person who looks at it: one module per part of the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.console.words import ask, errors, events, frame, messages, plant, whatif
from api.console.words.phrase import LANGUAGES, NAMES, Phrase

PHRASES: Mapping[str, Phrase] = {
    **frame.PHRASES,
    **errors.PHRASES,
    **ask.PHRASES,
    **events.PHRASES,
    **messages.PHRASES,
    **plant.PHRASES,
    **whatif.PHRASES,
}

__all__ = ["LANGUAGES", "NAMES", "PHRASES", "Phrase", "Words"]


@dataclass(frozen=True, slots=True)
class Words:
    """The phrases of one language."""

    language: str = "en"

    def __call__(self, key: str, /, **slots: object) -> str:
        """The phrase of that key with its slots filled; raises KeyError when there is none."""
        return PHRASES[key].of(self.language).format(**slots)

    def counted(self, key: str, n: int, /, **slots: object) -> str:
        """The phrase for n of something: its part before the bar for one, behind it for any other number."""
        one, _, many = PHRASES[key].of(self.language).partition("|")
        return (one if n == 1 else many).format(n=n, **slots)
