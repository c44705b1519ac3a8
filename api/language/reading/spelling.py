"""Words as people type them: cut short, run together, with a wrong letter, without their accents."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from rapidfuzz import process
from rapidfuzz.distance import OSA

from api.language.reading.lexicon.field import EQUIPMENT, SPELLED
from api.language.reading.words import KNOWN

_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
HAN = re.compile(f"[{_HAN}]")
_WORD = re.compile(rf"[^\W\d_{_HAN}]+|\d+|%")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SET_POINT = re.compile(r"set[ -]points?", re.IGNORECASE)
_VOWELS = re.compile(r"[aeiou]")
_SHORT = 3
_LONG = 8
_CACHED = 4096
MOST = 4
"""Readings of one word that are tried."""

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the sentence.

    Attributes:
        word: folded: lower case, no accents.
        readings: what it may stand for, the word itself alone when it needs no mending.
    """

    word: str
    start: int
    end: int
    readings: tuple[Key, ...] = ()

    @property
    def mended(self) -> bool:
        """Whether it is read as another word than it is."""
        return self.readings != ((self.word,),)

    @property
    def guessed(self) -> bool:
        """Whether that word is a guess: cut short, run together or mistyped."""
        plain = (SPELLED.get(self.word), (self.word,), (self.word.removesuffix("s"),))
        return any(reading not in plain for reading in self.readings)


@lru_cache(_CACHED)
def folded(word: str) -> str:
    """The word in lower case without accents."""
    plain = unicodedata.normalize("NFKD", word.lower()).replace("ß", "ss")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words_of(name: str) -> Key:
    """The words of a name, folded, short forms in full."""
    words = (folded(match[0]) for match in _WORD.finditer(unicodedata.normalize("NFKC", name)))
    return tuple(full for word in words for full in SPELLED.get(word, (word,)))


def keys_of(name: str) -> tuple[Key, ...]:
    """The words of a name, and those it has when its humps are gaps: ReactorPressure."""
    return tuple(dict.fromkeys(key for key in (words_of(name), words_of(_HUMP.sub(" ", name))) if key))


class Speller:
    """Reads the words of one plant's names."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._long = sorted(word for word in self.words if len(word) > _SHORT and word.isalpha())
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for word in self._long:
            self._by_letter[word[0]].append(word)
        self.readings = lru_cache(_CACHED)(self._readings)

    def tokens(self, text: str) -> list[Token]:
        """The words of a text with what each may stand for."""
        return list(self._set_points(text, [self._token(match) for match in _WORD.finditer(text)]))

    def _token(self, match: re.Match[str]) -> Token:
        word = folded(match[0])
        return Token(word, match.start(), match.end(), self.readings(word))

    def _set_points(self, text: str, tokens: Sequence[Token]) -> Iterator[Token]:
        """Set points in two words are one."""
        skip = False
        for token, behind in zip_longest(tokens, tokens[1:]):
            if skip:
                skip = False
            elif behind is not None and _SET_POINT.fullmatch(text, token.start, behind.end):
                skip = True
                yield Token("setpoint", token.start, behind.end, (("setpoint",),))
            else:
                yield token

    def _readings(self, word: str) -> tuple[Key, ...]:
        singular = word.removesuffix("s")
        if word in self.words:
            return ((word,), (singular,)) if singular != word and singular in self.words else ((word,),)
        if word in SPELLED:
            return (SPELLED[word],)
        if len(singular) > 2 and singular in self.words:
            return ((singular,),)
        if word in KNOWN or word in EQUIPMENT or not word.isalpha() or len(word) < _SHORT:
            return ((word,),)
        found = self._cut_short(word) or self._mistyped(word) or self._run_together(word)
        return tuple(found[:MOST]) or ((word,),)

    def _cut_short(self, word: str) -> list[Key]:
        """Names that the word begins, or whose consonants it keeps: strip, agit, prs, vlv."""
        if len(word) > 6:
            return []
        own = self._by_letter[word[0]]
        begun: list[Key] = [(full,) for full in own if full.startswith(word) and len(full) >= len(word) + 2]
        return begun or [
            (full,)
            for full in own
            if _keeps(word, full) and (len(full) > len(word) + 1 or word == full[0] + _VOWELS.sub("", full[1:]))
        ]

    def _mistyped(self, word: str) -> list[Key]:
        """Names one letter away, two in a long word; the nearest ones only."""
        if len(word) <= _SHORT:
            return []
        slack = 2 if len(word) >= _LONG else 1
        found = process.extract(word, self._long, scorer=OSA.distance, score_cutoff=slack, limit=MOST)
        if not found and len(word) > _SHORT + 1:
            bare = _consonants(word)
            alike: list[Key] = [(full,) for full in self._by_letter[word[0]] if _consonants(full) == bare]
            return alike[:MOST] if len(bare) > 3 else []
        nearest = min((match[1] for match in found), default=0)
        return [(str(match[0]),) for match in found if match[1] == nearest]

    def _run_together(self, word: str) -> list[Key]:
        parts = ((word[:place], word[place:]) for place in range(_SHORT, len(word) - _SHORT + 1))
        return [
            SPELLED.get(first, (first,)) + SPELLED.get(last, (last,))
            for first, last in parts
            if self._both(first, last)
        ]

    def _both(self, first: str, last: str) -> bool:
        return (first in self.words or first in SPELLED) and (last in self.words or last in SPELLED)


def _consonants(word: str) -> str:
    """The word without its vowels, letters that follow themselves once."""
    return re.sub(r"(.)\1+", r"\1", _VOWELS.sub("", word))


def _keeps(word: str, full: str) -> bool:
    """Whether a word without vowels has the letters of the full one in their order."""
    if set(word[1:]) & set("aeiou"):
        return False
    rest = iter(full)
    return all(letter in rest for letter in word)
