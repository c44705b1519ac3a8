"""The catalog of sentences: complete in every language, and every fact of a sentence said in each."""

import ast
import inspect
import pkgutil
from datetime import UTC, datetime
from importlib import import_module
from itertools import pairwise
from string import Formatter

import pytest

from api.language.grounding import VALUES, Verifier
from api.language.wording import answers, claims, facts, links, say
from api.language.wording.catalog import LANGUAGES, en, entry, forms, slots_of
from api.language.wording.catalog.forms import Plural
from api.language.wording.facts import Count, Draft, Instant, certainty

OTHERS = sorted(set(LANGUAGES) - {"en"})
CORE = ("events.", "explain.", "tags.", "trend.", "compare.", "whatif.", "status.", "error", "scope.", "verdict.")
BUILT = ("aggregation", "certainty", "compare.events", "error", "goal", "limit", "records.kind", "role", "scope")
BUILT += ("severity", "tags", "trend", "unchecked", "verdict", "which", "withheld", "whatif", "curve", "link")
"""Beginnings of keys that are put together where they are said."""


def modules():
    found = [import_module(f"{say.__name__}.{item.name}") for item in pkgutil.iter_modules(say.__path__)]
    return [say, facts, answers, links, *found]


def words():
    """Every string of the modules that say something."""
    trees = [ast.parse(inspect.getsource(module)) for module in modules()]
    return {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_keys_of_english_and_no_others(language):
    assert set(LANGUAGES[language]) == set(en.SENTENCES)


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_says_the_same_facts_in_every_language(language):
    for key, item in LANGUAGES[language].items():
        assert slots_of(item) == slots_of(en.SENTENCES[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_forms_of_a_plural_say_the_same_facts_and_several_are_counted(language):
    for key, item in LANGUAGES[language].items():
        if isinstance(item, Plural):
            one, other = (
                {name for _, name, _, _ in Formatter().parse(text) if name} for text in (item.one, item.other)
            )
            assert one | {item.by} == other, key


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_of_the_core_are_translated(language):
    words_of = {key: item for key, item in LANGUAGES[language].items() if key.startswith(CORE)}
    same = [key for key, item in words_of.items() if item == en.SENTENCES[key] and any(map(str.isalpha, _text(item)))]
    assert same == []


def _text(item):
    text = item.other if isinstance(item, Plural) else item
    return "".join(part for part, *_ in Formatter().parse(text))


def test_every_sentence_is_said_somewhere():
    said = words()
    silent = [key for key in en.SENTENCES if key not in said and not key.startswith(BUILT)]
    assert silent == []


def test_every_claim_belongs_to_a_sentence_and_to_a_family():
    assert set(claims.CLAIMS) <= set(en.SENTENCES)
    assert all(value in VALUES[family] for told in claims.CLAIMS.values() for family, value in told)


def test_a_language_that_is_not_spoken_here_gets_english_and_is_told(twin):
    assert entry("fr", "status.empty") == (en.SENTENCES["status.empty"], False)
    assert forms("fr") is en.FORMS
    draft = Draft(twin.plant, "test", "fr")
    draft.say("status.empty")
    assert draft.untranslated
    assert draft.sentences == ["The historian holds no data yet."]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("month", range(1, 13))
def test_the_verifier_reads_the_dates_of_every_month(twin, language, month):
    verifier = Verifier(twin.plant)
    moment = datetime(2026, month, 22, 1, 0, tzinfo=UTC)
    draft = Draft(twin.plant, "test", language)
    text = draft.shown(Instant("newest sample", moment))
    assert verifier.check(text, draft.evidence, language=language).ok
    other = moment.replace(month=month % 12 + 1)
    told = Draft(twin.plant, "test", language)
    told.shown(Instant("newest sample", other))
    assert not verifier.check(text, told.evidence, language=language).ok


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 unusual event,"), (2, "2 unusual events,"), (0, "0 unusual events,")]
)
def test_one_of_something_is_said_in_the_singular(twin, count, said):
    draft = Draft(twin.plant, "test")
    draft.say(
        "events.found",
        count=Count("unusual events", count),
        severe=facts.Worded(""),
        around=facts.Worded(""),
        window=facts.Worded("now"),
    )
    assert said in draft.sentences[0]


def test_words_for_probabilities_rise_with_them():
    shares = [number / 1000 for number in range(1001)]
    words_in_order = [certainty(share) for share in shares]
    floors = {word: share for share, word in reversed(list(zip(shares, words_in_order, strict=True)))}
    assert [floors[word] for word in dict.fromkeys(words_in_order)] == [0.0, 0.01, 0.1, 0.33, 0.66, 0.9, 0.99]
    assert all(key in en.SENTENCES for key in floors)
    assert all(floors[one] <= floors[other] for one, other in pairwise(dict.fromkeys(words_in_order)))
