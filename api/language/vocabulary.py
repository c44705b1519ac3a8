"""The plant's vocabulary: which words mean which tag or asset."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rapidfuzz import fuzz, process

from api.language.words import CODE, FILLER, KNOWN, NOUNS, SPELLED
from twin.errors import AmbiguousTag, UnknownTag
from twin.plant import Plant, Tag, TagRole

LONGEST = 7
TYPO = 85
VAGUE = frozenset({"setpoint", "valve"})
NEAR = 60

_TOKEN = re.compile(r"%?[a-z]+|\d+")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the sentence, spelled as the vocabulary spells it."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the sentence that names tags or an asset.

    Attributes:
        text: the words as written.
        tags: the tags it may mean; more than one when it is ambiguous, none for an asset or an unknown name.
        asset: the asset it names.
        exact: whether it was found without correcting a letter.
    """

    start: int
    end: int
    text: str
    tags: tuple[str, ...] = ()
    asset: str | None = None
    exact: bool = True

    @property
    def unknown(self) -> bool:
        """Whether it looks like the name of something the plant does not have."""
        return not self.tags and self.asset is None


class Vocabulary:
    """Names, aliases and descriptions of one plant's tags and assets."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        self._tags: dict[Key, set[str]] = defaultdict(set)
        self._assets: dict[Key, str] = {}
        for tag in plant.tags:
            for name in _names(tag):
                self._tags[_key(name)].add(tag.name)
        for asset in plant.assets:
            for name in (asset.name, *asset.aliases):
                self._assets[_key(name)] = asset.name
        self._bags: dict[Key, set[str]] = defaultdict(set)
        for key, tags in self._tags.items():
            self._bags[_bag(key)] |= tags
        self._asset_bags = {_bag(key): name for key, name in self._assets.items()}
        series = {key[0] for key in self._tags if len(key) == 2 and key[1].isdigit()}
        names = "|".join(sorted(map(re.escape, series))) or "$."
        self._numbered = re.compile(rf"\b(?:{names})[ (-]*\d+\)?", re.IGNORECASE)
        self._words = sorted({word for key in (*self._tags, *self._assets) for word in key if len(word) > 3})
        self._phrases = {" ".join(key): min(tags) for key, tags in self._tags.items()}

    def find(self, text: str, *, movable: bool = False) -> list[Mention]:
        """Every mention in the sentence, in order; with `movable` an ambiguous one means what can be moved."""
        tokens = [self._spelled(token) for token in _tokens(text)]
        taken: list[Mention] = []
        free = [True] * len(tokens)
        for first, last in _grams(len(tokens)):
            if all(free[first:last]) and (mention := self._named(text, tokens[first:last])):
                taken.append(mention)
                free[first:last] = [False] * (last - first)
        taken += self._partial(text, tokens, free)
        taken += self._codes(text, taken)
        narrowed = [self._narrowed(mention, movable=movable) for mention in taken]
        return list(self._coordinated(sorted(narrowed, key=lambda mention: mention.start)))

    def tag(self, phrase: str, *, movable: bool = False) -> Tag:
        """The one tag that a phrase names; raises UnknownTag with the nearest names, AmbiguousTag with all."""
        if phrase in self.plant:
            return self.plant.tag(phrase)
        mentions = [mention for mention in self.find(phrase, movable=movable) if mention.asset is None]
        if not mentions:
            raise self.unknown(phrase)
        return self.one(mentions[0])

    def one(self, mention: Mention) -> Tag:
        """The tag of a mention; raises UnknownTag, AmbiguousTag."""
        if mention.unknown or not mention.tags:
            raise self.unknown(mention.text)
        if len(mention.tags) > 1:
            raise AmbiguousTag(
                f"{mention.text!r} could be {', '.join(mention.tags[:-1])} or {mention.tags[-1]}",
                field="tag",
                value=mention.text,
                candidates=mention.tags,
            )
        return self.plant.tag(mention.tags[0])

    def unknown(self, phrase: str) -> UnknownTag:
        """The error that says so, with the nearest names."""
        spelled = " ".join(token.word for token in map(self._spelled, _tokens(phrase)))
        found = process.extract(
            spelled, list(self._phrases), scorer=fuzz.token_sort_ratio, score_cutoff=NEAR, limit=12
        )
        near = list(dict.fromkeys(self._phrases[match[0]] for match in found))[:3]
        hint = f"; the nearest are {', '.join(near)}" if near else ""
        return UnknownTag(f"the plant has no tag {phrase!r}{hint}", field="tag", value=phrase, candidates=near)

    def _spelled(self, token: Token) -> Token:
        word = SPELLED.get(token.word, token.word)
        if len(word) > 3 and word not in KNOWN and word not in self._words:
            singular = word.removesuffix("s")
            match = None if singular in self._words else process.extractOne(word, self._words, score_cutoff=TYPO)
            word = singular if singular in self._words else str(match[0]) if match else word
        return Token(word, token.start, token.end)

    def _named(self, text: str, tokens: Sequence[Token]) -> Mention | None:
        if tokens[0].word in FILLER or tokens[-1].word in FILLER:
            return None
        key = tuple(token.word for token in tokens)
        if len(key) == 1 and len(key[0]) < 2:
            return None
        tags = self._tags.get(key) or self._bags.get(_bag(key))
        asset = self._assets.get(key) or self._asset_bags.get(_bag(key))
        if not tags and asset is None:
            return None
        start, end = tokens[0].start, tokens[-1].end
        said = text[start:end]
        exact = _key(said) == key or said in self.plant
        return Mention(start, end, said, tuple(self._ordered(tags or ())), None if tags else asset, exact)

    def _partial(self, text: str, tokens: Sequence[Token], free: Sequence[bool]) -> Iterator[Mention]:
        """Free words that are part of a name ("the pressure"), or look like the name of a tag that is not there."""
        for run in _runs(tokens, free):
            words = {token.word for token in run}
            if not words & NOUNS or words <= VAGUE:
                continue
            start, end = run[0].start, run[-1].end
            tags = tuple(self._ordered(self._containing(words)))
            yield Mention(start, end, text[start:end], tags)

    def _codes(self, text: str, taken: Sequence[Mention]) -> Iterator[Mention]:
        """Instrument codes, and numbered names as this plant has them, that nothing in it answers to."""
        for match in (*CODE.finditer(text), *self._numbered.finditer(text)):
            if not any(mention.start < match.end() and match.start() < mention.end for mention in taken):
                yield Mention(match.start(), match.end(), match[0])

    def _containing(self, words: set[str]) -> set[str]:
        extra: dict[str, int] = {}
        for key, tags in self._tags.items():
            if words <= set(key):
                for tag in tags:
                    extra[tag] = min(extra.get(tag, LONGEST), len(key) - len(words))
        least = min(extra.values(), default=0)
        return {tag for tag, count in extra.items() if count == least}

    def _narrowed(self, mention: Mention, *, movable: bool) -> Mention:
        """A plain word ("the pressure") means what is measured; in a move, what an operator can reach."""
        if len(mention.tags) < 2:
            return mention
        tags = [self.plant.tag(name) for name in mention.tags]
        chosen = [tag for tag in tags if (_reachable(tag) if movable else _plain(tag))] or tags
        if movable and len({_reachable(tag) for tag in chosen}) == 1:
            chosen = chosen[:1]
        return replace(mention, tags=tuple(tag.name for tag in chosen))

    def _coordinated(self, mentions: list[Mention]) -> Iterator[Mention]:
        """In "reactor and separator pressure" the first word takes over the last: it is no asset."""
        for mention, following in zip_longest(mentions, mentions[1:]):
            if mention.asset is not None and following is not None and following.tags:
                noun = _key(following.text)[-1]
                joined = self._tags.get((*_key(mention.text), noun))
                if joined and 0 < following.start - mention.end <= len(" and the "):
                    yield replace(mention, tags=tuple(self._ordered(joined)), asset=None)
                    continue
            yield mention

    def _ordered(self, names: Iterable[str]) -> list[str]:
        chosen = set(names)
        return [tag.name for tag in self.plant.tags if tag.name in chosen]


def _names(tag: Tag) -> Iterator[str]:
    yield tag.name
    yield from tag.aliases
    yield tag.description


def _reachable(tag: Tag) -> str | None:
    return tag.name if tag.movable else tag.handle


def _plain(tag: Tag) -> bool:
    return tag.role in {TagRole.MEASURED, TagRole.ANALYSER}


def _tokens(text: str) -> list[Token]:
    return [Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text.lower())]


def _key(name: str) -> Key:
    words = (match[0] for match in _TOKEN.finditer(name.lower()))
    return tuple(SPELLED.get(word, word) for word in words)


def _bag(key: Key) -> Key:
    return tuple(sorted(word for word in key if word not in FILLER))


def _grams(count: int) -> Iterator[tuple[int, int]]:
    """Every stretch of words, longest first."""
    for length in range(min(LONGEST, count), 0, -1):
        for first in range(count - length + 1):
            yield first, first + length


def _runs(tokens: Sequence[Token], free: Sequence[bool]) -> Iterator[list[Token]]:
    """Stretches of free words that are no ordinary ones, up to the last that says what is measured."""
    run: list[Token] = []
    for token, is_free in zip(tokens, free, strict=True):
        ordinary = token.word in KNOWN or token.word.isdigit() or len(token.word) < 3
        if is_free and (token.word in NOUNS or not ordinary):
            run.append(token)
        elif run and not (is_free and token.word in {"of", "in"}):
            yield _ended(run)
            run = []
    if run:
        yield _ended(run)


def _ended(run: list[Token]) -> list[Token]:
    last = max((i for i, token in enumerate(run) if token.word in NOUNS), default=len(run) - 1)
    return run[: last + 1]
