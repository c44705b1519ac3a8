"""The words that make a claim, in the languages of lexicon/*.yaml.

What makes a claim is found in every language whatever the text's own is: a German count word in an English answer is
checked as well. What only joins ("from", "than", "it") is that of the text's language and of English.
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from api.language.grounding.families import VALUES, Family
from api.language.grounding.tokens import Phrases

LANGUAGES = ("en", "de", "es", "zh")
_FOLDER = Path(__file__).parent / "lexicon"
_SHARED = (
    "numbers",
    "scales",
    "ordinals",
    "fractions",
    "ratios",
    "weekdays",
    "units",
)
_OWN_FLAT = (
    "joiners",
    "minus",
    "fraction_lead",
    "times",
    "oclock",
    "instead",
    "than",
    "forward",
    "pronouns",
    "fillers",
    "apart",
    "classifiers",
    "by",
    "per",
)
_FALSE_FRIENDS = frozenset({"once", "mil", "tag"})
"""Words of one language that are common words of another: read in their own language only."""


class Sense(NamedTuple):
    """One meaning of a phrase: the section of the lexicon, and the value there."""

    section: str
    value: Any


class Lexicon:
    """What the phrases of a text in `language` mean."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.phrases: Phrases[Sense] = Phrases()
        self.months: dict[str, int] = {}
        self.clocks: dict[str, int] = {}
        for other in LANGUAGES:
            self._claims(_data(other), own=other == language)
        for own in dict.fromkeys((language, "en")):
            self._joints(_data(own))

    def _claims(self, data: dict[str, Any], *, own: bool) -> None:
        for family, values in data["families"].items():
            for value, phrases in values.items():
                if value not in VALUES[Family(family)]:
                    raise ValueError(f"{family} has no value {value}")
                self.phrases.add_all(phrases, Sense(family, value))
        self._sections(data, own=own)
        for number, value in _compounds(data.get("compound"), data["numbers"]).items():
            self.phrases.add(number, Sense("numbers", value))
        self.months |= data["months"]
        self.clocks |= data["clocks"]
        self.phrases.add_all(data["vague"], Sense("vague", 2))
        for section in ("unsided", "denial", "ignored"):
            self.phrases.add_all(data[section], Sense(section, ""))

    def _sections(self, data: dict[str, Any], *, own: bool) -> None:
        for section in ("kinds", "nouns", "beside", "measured"):
            for value, phrases in data.get(section, {}).items():
                friends = [phrase for phrase in phrases if own or phrase not in _FALSE_FRIENDS]
                self.phrases.add_all(friends, Sense(section, value))
        for section in _SHARED:
            for phrase, value in data[section].items():
                if own or phrase not in _FALSE_FRIENDS:
                    self.phrases.add(phrase, Sense(section, value))

    def _joints(self, data: dict[str, Any]) -> None:
        for section in _OWN_FLAT:
            self.phrases.add_all(data.get(section, ()), Sense(section, ""))
        for section in ("roles", "edges"):
            for role, phrases in data[section].items():
                self.phrases.add_all(phrases, Sense(section, role))
        if lead := data.get("ordinal_lead"):
            self.phrases.add(lead, Sense("ordinal_lead", ""))


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon for a text in that language; of a language without one, the English."""
    return Lexicon(language if language in LANGUAGES else "en")


@cache
def _data(language: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load((_FOLDER / f"{language}.yaml").read_bytes(), yaml.CSafeLoader)
    return data


def _compounds(rule: dict[str, Any] | None, numbers: dict[str, int]) -> dict[str, int]:
    """Numbers written in one word, units before tens: "einundzwanzig"."""
    if rule is None:
        return {}
    tens = {word: value for word, value in numbers.items() if value >= 20 and value % 10 == 0}
    return {
        f"{unit}{rule['joiner']}{ten}": small + large
        for unit, small in rule["units"].items()
        for ten, large in tens.items()
    }
