"""Text as tokens: words, digits, single signs, and Chinese characters one by one."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_CJK}]|(?:(?![{_CJK}\d_])\w)+|\d+|\S")
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f]")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text without spaces; `key` is what it is compared by."""

    text: str
    key: str
    start: int
    end: int


def cleaned(text: str) -> str:
    """The text without characters that cannot be seen."""
    return _HIDDEN.sub("", text)


def folded(text: str) -> str:
    """The text as long as it was, with full-width signs and the digits of all scripts as plain ones."""
    return text if text.isascii() else "".join(map(_plain, text))


def tokens_of(text: str) -> list[Token]:
    """The tokens of a folded text."""
    return [Token(found[0], found[0].lower(), found.start(), found.end()) for found in _TOKEN.finditer(text)]


class Phrases(Generic[T]):
    """Phrases with what they mean; found at a token, the longest first."""

    def __init__(self) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], list[T]]] = {}
        self._lengths: dict[str, list[int]] = {}

    def add(self, phrase: str, meaning: T) -> None:
        """One more meaning of a phrase. A single letter in it is compared with its case."""
        keys = tuple(_key(token) for token in tokens_of(folded(phrase)))
        if keys:
            self._by_first.setdefault(keys[0], {}).setdefault(keys, []).append(meaning)
            self._lengths[keys[0]] = sorted({len(found) for found in self._by_first[keys[0]]}, reverse=True)

    def add_all(self, phrases: Iterable[str], meaning: T) -> None:
        """The same meaning for several phrases."""
        for phrase in phrases:
            self.add(phrase, meaning)

    def at(self, tokens: Sequence[Token], place: int) -> tuple[int, list[T]]:
        """How many tokens the longest phrase at `place` has, and what it means; (0, []) for none."""
        for first in dict.fromkeys((_key(tokens[place]), tokens[place].key)):
            found = self._by_first.get(first)
            for length in self._lengths.get(first, ()):
                keys = (first, *(_key(token) for token in tokens[place + 1 : place + length]))
                if found and len(keys) == length and keys in found:
                    return length, found[keys]
        return 0, []


def _key(token: Token) -> str:
    """Single Latin capitals stay what they are: "A feed" is not "a feed"."""
    return token.text if len(token.text) == 1 and "A" <= token.text <= "Z" else token.key


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    if "\uff01" <= letter <= "\uff5e" and letter != "，":
        return chr(ord(letter) - 0xFEE0)
    return " " if letter in "\u00a0\u2009\u202f\u3000" else letter
