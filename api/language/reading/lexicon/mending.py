"""Typing errors in a language that is turned into English: its words as they should be, compounds part by part."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

_WORD = re.compile(r"[^\W\d_]{4,}(?![\w.-]*\d)")
_LONG = 9
"""From this many letters on a word may be two slips away."""
_HEAD = 4
_CACHED = 4096
_SPELLED = (("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("ss", "ß"))


class Mender:
    """Mends the words of one language; `tails` are what its compounds end in, `own` words of the plant's names.

    `known` tells which words stay as they are.
    """

    def __init__(
        self, words: Iterable[str], tails: Iterable[str], own: Iterable[str], known: Callable[[str], bool]
    ) -> None:
        self._words = frozenset(word for word in words if len(word) >= _HEAD)
        self._tails = tuple(sorted(tails, key=len, reverse=True))
        self._known = known
        self._heads = frozenset(word for word in (*own, *self._words) if len(word) >= _HEAD)
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            self._by_letter[word[0]].append(word)
        self.mended = lru_cache(_CACHED)(self._mended)

    def text(self, text: str) -> str:
        """The text with its words mended."""
        return _WORD.sub(lambda match: self.mended(match[0].lower()) or match[0], text)

    def _mended(self, word: str) -> str | None:
        if word in self._words or word in self._heads or self._known(word):
            return None
        spelled = self._spelled(word)
        return spelled or self._compound(word) or self._nearest(word)

    def _spelled(self, word: str) -> str | None:
        """A word without its signs: "fuellstand"."""
        for plain, sign in _SPELLED:
            if plain in word and (signed := word.replace(plain, sign)) in self._words:
                return signed
        return None

    def _compound(self, word: str) -> str | None:
        """“Abscheiderdurck”: a head that is known and a tail a slip away, or the other way about."""
        for tail in self._tails:
            for length in (len(tail), len(tail) - 1, len(tail) + 1):
                head, end = word[:-length], word[-length:]
                off = OSA.distance(end, tail, score_cutoff=1)
                if len(head) < _HEAD or off > 1 or (off and len(tail) <= _HEAD):
                    continue
                joined = head.removesuffix("s") if head not in self._heads else head
                if joined in self._heads:
                    return f"{head}{tail}" if off else None
                near = [
                    own for own in self._heads if own[0] == head[0] and OSA.distance(own, head, score_cutoff=1) <= 1
                ]
                if len(near) == 1:
                    return f"{near[0]}{tail}"
        return None

    def _nearest(self, word: str) -> str | None:
        slack = 2 if len(word) >= _LONG else 1
        near = [(OSA.distance(word, own, score_cutoff=slack), own) for own in self._by_letter[word[0]]]
        found = sorted((off, _rank(word, own), own) for off, own in near if off <= slack)
        return found[0][2] if found else None


def _rank(word: str, own: str) -> int:
    """Letters that changed places come first, then one left out, then any other slip."""
    if sorted(word) == sorted(own):
        return 0
    return 1 if len(own) == len(word) + 1 else 2
