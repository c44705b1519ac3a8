"""What the names of a sentence say of each other: lists, and quantities beside the asset they belong to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api.language.reading.names import Names
from api.language.reading.spelling import Key, Token, words_of
from api.language.reading.words import FILLER
from twin.plant import Plant

_AND = re.compile(r"\s*(?:,|/|&|and|or|,\s*and|versus|vs\.?|with)?\s*(?:the\s+)?", re.IGNORECASE)
_NEARBY = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in the sentence that names tags or an asset.

    Attributes:
        text: the words as written.
        tags: the tags it may mean; more than one when it is ambiguous, none for an asset or an unknown name.
        asset: the asset it names.
        exact: whether it was found without correcting a letter.
        near: names in the plant that come near, for an unknown one.
        home: the asset that goes by the same words as the tags: "the purge".
    """

    start: int
    end: int
    text: str
    tags: tuple[str, ...] = ()
    asset: str | None = None
    exact: bool = True
    near: tuple[str, ...] = ()
    home: str | None = None

    @property
    def unknown(self) -> bool:
        """Whether it looks like the name of something the plant does not have."""
        return not self.tags and self.asset is None


class Coordination:
    """Settles the mentions of one plant's names among themselves."""

    def __init__(self, plant: Plant, names: Names) -> None:
        self.plant = plant
        self._names = names

    def settled(self, text: str, unnamed: Sequence[Token], mentions: Sequence[Mention]) -> list[Mention]:
        """The mentions of a sentence, each with what its neighbours say of it; `unnamed` are the words of none."""
        return list(self._placed(text, self._coordinated(text, unnamed, mentions)))

    def _coordinated(self, text: str, unnamed: Sequence[Token], mentions: Sequence[Mention]) -> list[Mention]:
        """In "reactor and separator pressure" and "A and D feed" the first word takes over the last."""
        open_to = [
            token for token in unnamed if not any(m.start < token.end and token.start < m.end for m in mentions)
        ]
        found: list[Mention] = []
        behind: Mention | None = None
        tail: Key = ()
        for mention in reversed(mentions):
            joined = self._joined(mention, behind, tail, text) if mention.asset else None
            tail = tail if joined else words_of(mention.text)[1:]
            behind = joined or mention
            found.append(behind)
            found += self._before(text, open_to, behind)
            found += self._after(text, open_to, behind)
        return list(self._listed(text, sorted(found, key=lambda mention: mention.start)))

    def _joined(self, mention: Mention, behind: Mention | None, tail: Key, text: str) -> Mention | None:
        if behind is None or not behind.tags or not tail or not _linked(text, mention.end, behind.start):
            return None
        key = (*words_of(mention.text), *tail)
        tags = self._names.tags(key) or self._names.made(key)
        return replace(mention, tags=tuple(tags), asset=None) if tags else None

    def _before(self, text: str, tokens: Sequence[Token], mention: Mention) -> Iterator[Mention]:
        tail = words_of(mention.text)[1:]
        for token in tokens if tail and mention.tags else ():
            if token.word not in FILLER and _linked(text, token.end, mention.start):
                tags = self._names.tags((token.word, *tail))
                if tags and set(tags) != set(mention.tags):
                    yield Mention(token.start, token.end, text[token.start : token.end], tuple(tags))

    def _after(self, text: str, tokens: Sequence[Token], mention: Mention) -> Iterator[Mention]:
        """In "feed D and E" the last word takes over the first."""
        head = words_of(mention.text)[:-1]
        single = tuple(word.removesuffix("s") for word in head)
        for token in tokens if head and mention.tags else ():
            if token.word not in FILLER and _linked(text, mention.end, token.start):
                tags = self._names.tags((*head, token.word)) or self._names.tags((*single, token.word))
                if tags and set(tags) != set(mention.tags):
                    yield Mention(token.start, token.end, text[token.start : token.end], tuple(tags))

    def _listed(self, text: str, mentions: Sequence[Mention]) -> Iterator[Mention]:
        """In "level in the reactor and the separator" the asset behind takes over the level."""
        last: Mention | None = None
        for mention in mentions:
            if last and last.tags and mention.asset and _linked(text, last.end, mention.start):
                home = {word for key in self._names.keys_of_asset(self.plant.tag(last.tags[0]).asset) for word in key}
                said = words_of(last.text)
                rest = [word for word in said if word not in home]
                key = (*words_of(mention.text), *rest)
                tags = (self._names.tags(key) or self._names.made(key)) if rest and said[-1] in home else []
                mention = replace(mention, tags=tuple(tags), asset=None) if tags else mention  # noqa: PLW2901
            yield mention
            last = mention

    def _placed(self, text: str, mentions: Sequence[Mention]) -> Iterator[Mention]:
        """An ambiguous quantity beside a tag or asset that is clear is that of the same asset, which it takes up."""
        clear = {mention.tags[0] for mention in mentions if len(mention.tags) == 1}
        mentions = [mention for mention in mentions if len(mention.tags) < 2 or clear.isdisjoint(mention.tags)]
        mentions = self._each(mentions)
        assets = [mention for mention in mentions if mention.asset]
        only = assets[0] if len(assets) == 1 else None
        found: list[Mention] = []
        for place, mention in enumerate(mentions):
            beside = [mentions[i] for i in (place - 1, place + 1) if 0 <= i < len(mentions)]
            linked = [other for other in beside if _linked(text, *_between(mention, other))]
            homes = [self.plant.tag(other.tags[0]).asset for other in linked if len(other.tags) == 1]
            narrowed = self._at(mention, homes)
            if only and only.asset and narrowed is mention:
                narrowed = self._at(mention, [only.asset])
                start, end = _between(mention, only)
                if narrowed is not mention and len(text[start:end].split()) <= _NEARBY:
                    assets = []
            found.append(narrowed)
        yield from found if assets or not only else [mention for mention in found if mention is not only]

    def _at(self, mention: Mention, homes: Sequence[str]) -> Mention:
        for home in homes if len(mention.tags) > 1 else ():
            inside = {tag.name for tag in self.plant.tags_of(home)}
            tags = tuple(name for name in mention.tags if name in inside)
            if tags:
                return replace(mention, tags=tags)
        return mention

    def _each(self, mentions: Sequence[Mention]) -> Sequence[Mention]:
        """In "of reactor and separator, which had the higher pressure" it is the pressure of each."""
        vague = [mention for mention in mentions if len(mention.tags) > 1]
        assets = [mention for mention in mentions if mention.asset]
        if len(vague) != 1 or len(assets) < 2:
            return mentions
        meant = {mention.start: self._at(vague[0], [mention.asset or ""]).tags for mention in assets}
        if any(len(tags) != 1 for tags in meant.values()):
            return mentions
        told = [
            replace(mention, tags=meant[mention.start], asset=None) if mention.asset else mention
            for mention in mentions
        ]
        return [mention for mention in told if mention is not vague[0]]


def _between(one: Mention, other: Mention) -> tuple[int, int]:
    return (one.end, other.start) if one.start < other.start else (other.end, one.start)


def _linked(text: str, start: int, end: int) -> bool:
    return start < end and _AND.fullmatch(text, start, end) is not None and text[start:end].strip() != ""
