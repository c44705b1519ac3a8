"""Whether training phrases, dev and test items are apart: no phrase of one set is nearly one of another."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from bench.questions import phrases
from bench.questions.items import load
from bench.questions.planted import HERE, Library
from twin.plant import Plant

NEAR = 0.60
"""Jaccard similarity of two masked texts' 5-grams of characters from which on they are near-duplicates."""
FEWEST_WORDS = 4
"""Shorter texts (masked: "why?", "name now?") are the language's own and stand in every set."""
_GRAM = 5
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Text:
    """One phrase with names and numbers masked."""

    set: str
    id: str
    masked: str

    @property
    def words(self) -> tuple[str, ...]:
        """Its words in order; a Chinese character counts as one."""
        return tuple(_WORD.findall(_CJK.sub(r" \g<0> ", self.masked)))

    @property
    def grams(self) -> frozenset[str]:
        """Its runs of five characters."""
        padded = f" {self.masked} "
        return frozenset(padded[i : i + _GRAM] for i in range(max(1, len(padded) - _GRAM + 1)))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two phrases of two sets that are too near."""

    one: Text
    other: Text
    why: str

    def __str__(self) -> str:
        return f"{self.one.id} and {self.other.id}: {self.why}"


def pairs(texts: Sequence[Text]) -> list[Pair]:
    """Every two of different sets that are the same, have the same words, or are near by their 5-grams."""
    known = [text for text in texts if len(text.words) >= FEWEST_WORDS]
    found: dict[tuple[str, str], Pair] = {}
    for why, key in (
        ("the same", lambda text: text.masked),
        ("the same words", lambda text: tuple(sorted(text.words))),
    ):
        groups: dict[object, list[Text]] = defaultdict(list)
        for text in known:
            groups[key(text)].append(text)
        for group in groups.values():
            for one, other in combinations(group, 2):
                if one.set != other.set:
                    found.setdefault((one.id, other.id), Pair(one, other, why))
    for pair in _near(known):
        found.setdefault((pair.one.id, pair.other.id), pair)
    return list(found.values())


def everything() -> tuple[Text, ...]:
    """The phrases of all three sets."""
    trained = [
        Text(
            "train",
            f"train/{phrase.source}-{number}",
            mask(phrases.filled(phrase, ("name", "name"), ("name",)), None),
        )
        for number, phrase in enumerate(phrases.phrases())
    ]
    return (*trained, *_items("dev"), *_items("test"))


def mask(text: str, plant: Plant | None) -> str:
    """In small letters, the plant's names as "name", numbers as "n"."""
    said = _names(plant).sub("name", text.casefold()) if plant else text.casefold()
    return " ".join(_WORD.findall(_NUMBER.sub("n", said)))


def _items(name: str) -> Iterator[Text]:
    library = Library()
    for item in load(HERE / "items" / name, library):
        yield Text(name, item.id, mask(item.say, library.plant(library.planted(item.world).plant)))


def _near(texts: Sequence[Text]) -> Iterator[Pair]:
    grams = [text.grams for text in texts]
    holders: dict[str, list[int]] = defaultdict(list)
    for place, own in enumerate(grams):
        shared = Counter(other for gram in own for other in holders[gram] if texts[other].set != texts[place].set)
        for other, common in shared.items():
            likeness = common / (len(own) + len(grams[other]) - common)
            if likeness >= NEAR:
                yield Pair(texts[other], texts[place], f"5-grams {likeness:.2f} alike")
        for gram in own:
            holders[gram].append(place)


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    longest = sorted({name.casefold() for name in names}, key=len, reverse=True)
    return re.compile("|".join(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])" for name in longest))


_PLANTS: dict[str, re.Pattern[str]] = {}


def _names(plant: Plant) -> re.Pattern[str]:
    if plant.name not in _PLANTS:
        names = [name for tag in plant.tags for name in (tag.name, tag.description, *tag.aliases)]
        names += [name for asset in plant.assets for name in (asset.name, *asset.aliases)]
        _PLANTS[plant.name] = _pattern(names)
    return _PLANTS[plant.name]
