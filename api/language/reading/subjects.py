"""What a clause is about: the tags and assets that its names mean, in the light of what was spoken of before."""

import re
from collections.abc import Sequence
from dataclasses import replace

from api.language.asking import Memory
from api.language.reading.coordination import Mention
from api.language.reading.counterparts import counterpart
from api.language.reading.limits import said_limits, said_target
from api.language.reading.measures import TEMPERATURES
from api.language.reading.names import quantity_of
from api.language.reading.said import Said
from api.language.reading.vocabulary import Vocabulary
from twin.errors import ForetellError
from twin.plant import TagRole

_HOT = re.compile(r"\b(?:hot|hotter|hottest|cold|colder|coldest|cool|cooler|warm|warmer|warmest)\b")
_HOW_HOT = re.compile(
    r"\bhow (?:hot|cold|cool|warm) (?:did|was|were|is|are|does|has|had) (?:the |our )?(\w+(?: \w+){0,3}?)"
    r"(?: (?:get|got|become|been|go|run|now|today|right)\b.*)?\W*$",
    re.IGNORECASE,
)
_FULL = re.compile(r"\b(?:how (?:full|empty)|fuller|emptier|fullest|emptiest)\b")


class Subjects:
    """Settles which tags and assets the names of one clause mean; problems and notes are collected."""

    def __init__(self, vocabulary: Vocabulary, said: Said, context: Memory, *, leans: bool) -> None:
        self._vocabulary = vocabulary
        self._said = said
        self._context = context
        self._leans = leans
        self.problems: list[ForetellError] = []
        self.notes: list[str] = []

    def tags(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """The tags that are named."""
        names: list[str] = []
        for mention in mentions:
            narrowed = self.narrowed(mention)
            try:
                names.append(self._vocabulary.one(narrowed).name)
            except ForetellError as error:
                self.problems.append(error)
                continue
            if not mention.exact:
                self.notes.append(f"I read {mention.text!r} as {names[-1]}")
        return tuple(dict.fromkeys(names))

    def alike(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """“And the stripper?” after the separator's level: the stripper's."""
        spoken = self._context.slots.tags
        found = (counterpart(name, asset, self._vocabulary) for asset in _bare_assets(mentions) for name in spoken)
        return tuple(dict.fromkeys(name for name in found if name is not None))

    def of_unit(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """“Below 40 % in the separator”, “was the stripper hotter”: the one tag of the asset in such a unit."""
        assets = _bare_assets(mentions)
        bare = self._said.bare
        if len(assets) == 1 and _FULL.search(bare):
            return self._called(f"{assets[0]} level")
        units = {n.unit for n in self._said.numbers if n.unit} if self._bounded() else set()
        units |= set(TEMPERATURES) if _HOT.search(bare) else set()
        if not assets and _HOT.search(bare):
            return self._of_heat()
        return self._in_unit(assets[0], units) if len(assets) == 1 and units else ()

    def assets(self, mentions: Sequence[Mention], named: Sequence[str]) -> tuple[str, ...]:
        """Assets that are named without one of their tags."""
        plant = self._vocabulary.plant
        own = [
            asset for asset in _bare_assets(mentions) if not any(tag.name in named for tag in plant.tags_of(asset))
        ]
        return tuple(dict.fromkeys(own))

    def narrowed(self, mention: Mention) -> Mention:
        """Of several tags the one that was spoken of, or that belongs to the asset that was."""
        if len(mention.tags) < 2:
            return mention
        mention = self._warm(mention)
        plant = self._vocabulary.plant
        own = _bare_assets(self._said.mentions) or list(self._context.slots.assets)
        inside = [
            name for name in mention.tags if any(tag.name == name for asset in own for tag in plant.tags_of(asset))
        ]
        if not inside and self._leans:
            inside = [name for name in mention.tags if name in self._context.slots.tags]
        if self._said.near("moves", margin=0.5) and not inside:
            inside = [name for name in mention.tags if plant.tag(name).movable]
        return replace(mention, tags=tuple(inside)) if len(inside) == 1 else mention

    def _warm(self, mention: Mention) -> Mention:
        """“How hot is the feed”: its temperature."""
        plant = self._vocabulary.plant
        if not _HOT.search(self._said.bare) or any(plant.tag(n).unit in TEMPERATURES for n in mention.tags):
            return mention
        warm = self._vocabulary.find(f"{mention.text} temperature")
        return replace(mention, tags=warm[0].tags) if len(warm) == 1 and warm[0].tags else mention

    def _in_unit(self, asset: str, units: set[str]) -> tuple[str, ...]:
        own = self._vocabulary.plant.tags_of(asset)
        found = [tag.name for tag in own if tag.unit in units and tag.role is TagRole.MEASURED and tag.asset == asset]
        if len(found) == 1:
            return tuple(found)
        quantity = next(filter(None, map(quantity_of, units)), "level" if "%" in units else None)
        return self._called(f"{asset} {quantity}") if quantity else ()

    def _of_heat(self) -> tuple[str, ...]:
        """“How hot was the supply”: the supply temperature."""
        said = _HOW_HOT.search(self._said.rest)
        return self._called(f"{said[1]} temperature") if said else ()

    def _called(self, phrase: str) -> tuple[str, ...]:
        """The one tag of that name; several are a problem."""
        found = self._vocabulary.find(phrase)
        return self.tags(found) if len(found) == 1 and found[0].tags else ()

    def _bounded(self) -> bool:
        """Whether a number is a limit, or where something shall be brought to."""
        bare, numbers = self._said.bare, self._said.numbers
        target = re.search(r"\b(?:back|bring|get|return|way)\b", bare) and said_target(bare, numbers)
        return bool(said_limits(bare, numbers) or target)


def _bare_assets(mentions: Sequence[Mention]) -> list[str]:
    return [m.asset for m in mentions if m.asset is not None and not m.tags]
