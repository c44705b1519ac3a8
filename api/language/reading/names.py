"""The names of one plant by their words: tags, assets, what each tag measures."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from api.language.reading.lexicon.field import QUANTITIES, UNIT_QUANTITIES
from api.language.reading.spelling import HAN, Key, Token, keys_of, words_of
from api.language.reading.words import FILLER
from twin.plant import Asset, Plant, Tag, TagRole

_PLAIN = frozenset({TagRole.MEASURED, TagRole.ANALYSER})
_ROLE_WORDS = {TagRole.SETPOINT: "setpoint", TagRole.MV: "valve"}


def bag(key: Key) -> Key:
    """The words that count, in no order: "pressure in the reactor" is "reactor pressure"."""
    return tuple(sorted(word for word in key if word not in FILLER))


class Names:
    """Which words name which tag or asset.

    Attributes:
        words: every word of every name.
        ends: words that names of tags end in.
        han: names in Chinese, Japanese or Korean writing, found inside a text without blanks.
    """

    def __init__(self, plant: Plant) -> None:
        self._order = {tag.name: place for place, tag in enumerate(plant.tags)}
        self._tags: dict[Key, set[str]] = defaultdict(set)
        self._own: dict[Key, set[str]] = defaultdict(set)
        self._assets: dict[Key, dict[str, None]] = defaultdict(dict)
        self._said: dict[Key, set[str]] = defaultdict(set)
        self._all: dict[str, frozenset[str]] = {}
        self._quantities: dict[str, set[str]] = defaultdict(set)
        self.han: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for asset in plant.assets:
            self._add_asset(asset)
        for tag in plant.tags:
            self._add_tag(tag, plant.asset(tag.asset))
        self._bags = _by_bag(self._tags)
        self._made = _by_bag(self._said)
        self._asset_bags = {bag(key): names for key, names in self._assets.items()}
        self.words = (
            frozenset(
                word for key in (*self._tags, *self._assets) for word in key if word.isalpha() and len(word) > 1
            )
            | frozenset(QUANTITIES)
            | {"setpoint", "valve"}
        )
        self._sayable = frozenset(word for key in (*self._tags, *self._assets, *self._said) for word in key) | FILLER
        self.ends = frozenset(key[-1] for key in self._own if len(key) > 1 and len(key[-1]) > 3) - FILLER
        numbered = {key[0] for key in self._tags if len(key) == 2 and key[1].isdigit()}
        self.series = frozenset(numbered - FILLER)

    def may_say(self, token: Token) -> bool:
        """Whether a word, as it may be read, is part of some name."""
        return any(self._sayable.issuperset(reading) for reading in token.readings)

    def keys_of_asset(self, name: str) -> list[Key]:
        """The names of an asset, by their words."""
        return [key for key, names in self._assets.items() if name in names]

    def tags(self, key: Key) -> list[str]:
        """Tags of exactly these words, in any order without the small ones; in the plant file's order.

        A name or an alias comes before another tag's description.
        """
        return self.ordered(self._own.get(key) or self._tags.get(key) or self._bags.get(bag(key)) or ())

    def made(self, key: Key) -> list[str]:
        """Tags that asset and quantity describe, where no name says it: "separator pressure"."""
        return self.ordered(self._made.get(bag(key)) or ())

    def assets(self, key: Key) -> list[str]:
        """Assets of exactly these words."""
        return list(self._assets.get(key) or self._asset_bags.get(bag(key)) or ())

    def exactly(self, key: Key) -> bool:
        """Whether this is a name word by word."""
        return key in self._tags or key in self._assets

    def containing(self, words: frozenset[str]) -> list[str]:
        """Tags that the words say a part of: all of one name with the fewest words more, or of all names together."""
        for named in (self._own, self._tags):
            if extra := _more(words, named):
                least = min(extra.values())
                return self.ordered(tag for tag, count in extra.items() if count == least)
        return self.ordered(tag for tag, everything in self._all.items() if words <= everything)

    def assets_containing(self, words: frozenset[str]) -> list[str]:
        """Assets that the words say a part of."""
        found = (name for key, names in self._assets.items() if words <= set(key) for name in names)
        return list(dict.fromkeys(found))

    def measuring(self, quantity: str) -> list[str]:
        """Tags of a quantity: pressure, flow."""
        return self.ordered(self._quantities.get(QUANTITIES.get(quantity, quantity), ()))

    def ordered(self, names: Iterable[str]) -> list[str]:
        """In the plant file's order."""
        return sorted(set(names), key=self._order.__getitem__)

    def phrases(self) -> dict[str, str]:
        """Every name as a phrase, with the first tag it means."""
        return {" ".join(key): self.ordered(tags)[0] for key, tags in self._tags.items()}

    def _add_asset(self, asset: Asset) -> None:
        for name in (asset.name, *asset.aliases):
            if HAN.search(name):
                self.han[name][1].add(asset.name)
            for key in keys_of(name):
                self._assets[key][asset.name] = None

    def _add_tag(self, tag: Tag, asset: Asset) -> None:
        for name in (tag.name, *tag.aliases):
            if HAN.search(name):
                self.han[name][0].add(tag.name)
        keys = [key for name in (tag.name, *tag.aliases, tag.description) for key in keys_of(name)]
        for key in keys:
            self._tags[key].add(tag.name)
        for name in (tag.name, *tag.aliases):
            for key in keys_of(name):
                self._own[key].add(tag.name)
        quantities = tuple(_quantities(tag))
        for quantity in quantities:
            self._quantities[quantity].add(tag.name)
        assets = [key for name in (asset.name, *asset.aliases) for key in keys_of(name)]
        self._all[tag.name] = frozenset(word for key in (*keys, *assets, quantities) for word in key)
        role = _ROLE_WORDS.get(tag.role)
        for key in assets:
            for quantity in quantities:
                self._said[*key, quantity, *((role,) if role else ())].add(tag.name)
            if tag.role is TagRole.MV:
                self._said[*key, "valve"].add(tag.name)


def _more(words: frozenset[str], named: Mapping[Key, set[str]]) -> dict[str, int]:
    """The tags with a name that has all of the words, and how many words more it has at least."""
    extra: dict[str, int] = {}
    for key, tags in named.items():
        if words <= set(key):
            for tag in tags:
                extra[tag] = min(extra.get(tag, len(key)), len(key) - len(words))
    return extra


def _by_bag(keys: dict[Key, set[str]]) -> dict[Key, set[str]]:
    bags: dict[Key, set[str]] = defaultdict(set)
    for key, tags in keys.items():
        bags[bag(key)] |= tags
    return bags


def _quantities(tag: Tag) -> Iterator[str]:
    """What it measures: by its unit where that says it, else by its words."""
    by_unit = quantity_of(tag.unit)
    if by_unit is not None:
        yield by_unit
        return
    said = {
        QUANTITIES[word]
        for name in (tag.name, *tag.aliases, tag.description)
        for word in words_of(name)
        if word in QUANTITIES
    }
    yield from sorted(said if tag.role in _PLAIN or tag.role is TagRole.SETPOINT else ())


def quantity_of(unit: str) -> str | None:
    """What a unit alone says is measured; None for a share or a length."""
    return next((quantity for pattern, quantity in UNIT_QUANTITIES if pattern.match(unit)), None)


def is_plain(tag: Tag) -> bool:
    """Whether it is what a plain word means: something measured."""
    return tag.role in _PLAIN
