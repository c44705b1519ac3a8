"""A phrase of the console in every language that it speaks."""

from dataclasses import dataclass

LANGUAGES = ("en", "de")
NAMES = {"en": "English", "de": "Deutsch"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text per language, with the slots of str.format; where {n} is counted, one and many are parted by a bar."""

    en: str
    de: str

    def of(self, language: str) -> str:
        """The text in that language."""
        return self.de if language == "de" else self.en
