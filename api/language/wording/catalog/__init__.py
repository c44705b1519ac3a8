"""Every sentence of every answer, by key: the same keys in each language, English complete."""

from collections.abc import Mapping
from string import Formatter

from api.language.wording.catalog import de, en, es, zh
from api.language.wording.catalog.forms import Entry, Forms, Plural

ENGLISH = "en"
LANGUAGES: Mapping[str, Mapping[str, Entry]] = {
    "en": en.SENTENCES,
    "de": de.SENTENCES,
    "es": es.SENTENCES,
    "zh": zh.SENTENCES,
}
FORMS: Mapping[str, Forms] = {"en": en.FORMS, "de": de.FORMS, "es": es.FORMS, "zh": zh.FORMS}


def entry(language: str, key: str) -> tuple[Entry, bool]:
    """The sentence in that language, or the English one and False."""
    found = LANGUAGES.get(language, {}).get(key)
    return (en.SENTENCES[key], False) if found is None else (found, True)


def forms(language: str) -> Forms:
    """How that language writes numbers and dates; English for one that is not spoken here."""
    return FORMS.get(language, en.FORMS)


def slots_of(item: Entry) -> frozenset[str]:
    """Names of the slots of a sentence."""
    texts = (item.one, item.other) if isinstance(item, Plural) else (item,)
    return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)
