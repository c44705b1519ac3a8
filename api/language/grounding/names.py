"""Tags and assets of a plant as a text names them."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from api.language.grounding.tokens import Phrases, folded, tokens_of
from twin.plant import Plant, Tag

IDENTIFIER = re.compile(r"[A-Za-z_]\w*(?:[-._/]\w+)*")
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Named:
    """What a name in a text stands for; several tags where it fits several."""

    tags: frozenset[str] = frozenset()
    assets: frozenset[str] = frozenset()


@dataclass
class PlantNames:
    """Every name of a plant's tags and assets, found at a token."""

    plant: Plant
    phrases: Phrases[Named] = field(default_factory=Phrases)
    nouns: dict[str, frozenset[str]] = field(default_factory=dict)
    inside: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        nouns: dict[str, set[str]] = defaultdict(set)
        for tag in self.plant.tags:
            said = _phrases(tag)
            self.phrases.add_all(said, Named(tags=frozenset({tag.name})))
            for word in {tokens_of(folded(phrase))[-1].key for phrase in said}:
                nouns[word].add(tag.name)
        self.nouns = {word: frozenset(tags) for word, tags in nouns.items() if len(word) > _SHORT}
        for asset in self.plant.assets:
            self.inside[asset.name] = frozenset(tag.name for tag in self.plant.tags_of(asset.name))
            whole = asset.parent is None
            self.phrases.add_all(
                (asset.name, *asset.aliases), Named() if whole else Named(assets=frozenset({asset.name}))
            )

    def handles(self, tags: frozenset[str]) -> frozenset[str]:
        """The tags and what an operator moves them through."""
        moved = {self.plant.tag(tag).handle for tag in tags if tag in self.plant}
        return frozenset({*tags, *(handle for handle in moved if handle is not None)})


def _phrases(tag: Tag) -> list[str]:
    head = re.split(r"[;,(]", tag.description)[0].strip()
    return [phrase for phrase in dict.fromkeys((tag.name, tag.description, head, *tag.aliases)) if phrase]
