"""The tag of one asset that is to it what another tag is to its own: the stripper's level for the separator's."""

import re

from api.language.reading.vocabulary import Vocabulary
from twin.plant import Asset, Tag


def counterpart(name: str, asset: str, vocabulary: Vocabulary) -> str | None:
    """The tag of `asset` whose name or meaning matches that of the tag; None when there is not just one."""
    plant = vocabulary.plant
    tag, other = plant.tag(name), plant.asset(asset)
    renamed = {
        found for words in _renamed(tag, plant.asset(tag.asset), other) if (found := _named(words, vocabulary))
    }
    if len(renamed) == 1:
        return renamed.pop()
    alike = [item.name for item in plant.tags_of(asset) if item.unit == tag.unit and item.role is tag.role]
    return alike[0] if len(alike) == 1 else None


def _renamed(tag: Tag, own: Asset, other: Asset) -> set[str]:
    """The tag's names with one asset's name in place of the other's."""
    olds, news = (own.name, *own.aliases), (other.name, *other.aliases)
    return {
        re.sub(rf"\b{re.escape(old)}\b", new, words, flags=re.IGNORECASE)
        for words in (*tag.aliases, tag.description)
        for old in olds
        for new in news
        if re.search(rf"\b{re.escape(old)}\b", words, re.IGNORECASE)
    }


def _named(words: str, vocabulary: Vocabulary) -> str | None:
    for mention in vocabulary.find(words, mend=False):
        if len(mention.tags) == 1 and len(mention.text) >= 0.8 * len(words):
            return mention.tags[0]
    return None
