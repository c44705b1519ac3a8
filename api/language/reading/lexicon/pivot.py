"""From another language into the English of the rules: phrases by longest match, word order repaired by rules."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Rules = tuple[tuple[re.Pattern[str], str], ...]
MASK = chr(0x10000)
"""The first of the letters that stand for names while the rest is turned: no keyboard has them."""
MASKS = f"{MASK}-{chr(0x103FF)}"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,:]\d+)*|%")


def rules(*pairs: tuple[str, str]) -> Rules:
    """Patterns, case ignored, and what takes their place; ● in a pattern is a masked name."""
    return tuple((re.compile(pattern.replace("●", f"[{MASKS}]"), re.IGNORECASE), said) for pattern, said in pairs)


def pairs_of(block: str) -> dict[str, str]:
    """Phrases from lines of the form `one | other = English`; an empty right side leaves the phrase out."""
    found: dict[str, str] = {}
    for line in block.strip().splitlines():
        left, _, right = line.partition("=")
        for phrase in left.split("|"):
            found[phrase.strip()] = right.strip()
    return found


@dataclass(frozen=True)
class Lexicon:
    """One language's way into English.

    Attributes:
        phrases: what is said, in lower case, and its English.
        before: rules on the question as it is asked.
        after: rules on its English.
        unspaced: whether it is written without blanks.
    """

    phrases: dict[str, str]
    before: Rules
    after: Rules
    unspaced: bool = False
    _first: dict[str, list[tuple[tuple[str, ...], str]]] = field(init=False, repr=False)
    _words: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        first: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for phrase, english in self.phrases.items():
            key = tuple(phrase) if self.unspaced else tuple(_WORD.findall(phrase))
            first[key[0]].append((key, english))
        for found in first.values():
            found.sort(key=lambda item: len(item[0]), reverse=True)
        object.__setattr__(self, "_first", dict(first))
        own = {word for phrase in self.phrases for word in _WORD.findall(phrase)}
        same = {phrase for phrase, english in self.phrases.items() if phrase in {english, f"{english}s"}}
        object.__setattr__(self, "_words", frozenset(word for word in own - same if len(word) > 1))

    def english(self, text: str) -> str:
        """The text in English, its names masked."""
        text = _ruled(text, self.before)
        text = self._by_letters(text) if self.unspaced else self._by_words(text)
        text = _ruled(" ".join(text.split()), self.after)
        return re.sub(r"\s+([,.;?!])", r"\1", " ".join(text.split()))

    @property
    def words(self) -> frozenset[str]:
        """Its words that are not the same in English."""
        return self._words

    @property
    def said(self) -> frozenset[str]:
        """Words of its rules, whole or as a beginning that is left open."""
        return frozenset(
            word for pattern, _ in self.before for word in _WORD.findall(pattern.pattern.replace("\\b", " "))
        )

    def knows(self, word: str) -> bool:
        """Whether it is a word of the language, and not the same in English."""
        return word.lower() in self._words

    def _by_words(self, text: str) -> str:
        matches = list(_WORD.finditer(text))
        words = [match[0].lower().replace("’", "'") for match in matches]
        parts, last, place = [], 0, 0
        while place < len(words):
            used, english = self._longest(words, place)
            if used:
                parts += [text[last : matches[place].start()], english]
                last = matches[place + used - 1].end()
            place += max(used, 1)
        return "".join((*parts, text[last:]))

    def _by_letters(self, text: str) -> str:
        parts: list[str] = []
        place = 0
        while place < len(text):
            used, english = self._longest(text, place)
            parts.append(f" {english} " if used else text[place])
            place += max(used, 1)
        return "".join(parts)

    def _longest(self, words: Sequence[str], place: int) -> tuple[int, str]:
        for key, english in self._first.get(words[place], ()):
            if tuple(words[place : place + len(key)]) == key:
                return len(key), english
        return 0, ""


def _ruled(text: str, found: Iterable[tuple[re.Pattern[str], str]]) -> str:
    for pattern, said in found:
        text = pattern.sub(said, text)
    return text
