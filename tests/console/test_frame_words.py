"""The console's phrases: all there in every language, with the same slots, and none that nobody says."""

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import api.console
from api.console.words import LANGUAGES, PHRASES
from twin import errors

CONSOLE = Path(api.console.__file__).parent
MODULES = sorted({key.partition(".")[0] for key in PHRASES})
BAR = "|"


def slots(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


@cache
def spoken():
    """What the console's code may ask for: its texts as they are, those with parts filled in as patterns."""
    texts, patterns = set(), []
    for file in CONSOLE.rglob("*.py"):
        if file.parent.name == "words":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, ast.JoinedStr) and (begins_a_key(node.values[0]) or ends_a_key(node.values[-1])):
                patterns.append(re.compile("".join(pattern(part) for part in node.values)))
    return texts, patterns


def begins_a_key(part):
    module, dot, _ = str(getattr(part, "value", "")).partition(".")
    return isinstance(part, ast.Constant) and module in MODULES and bool(dot)


def ends_a_key(part):
    return isinstance(part, ast.Constant) and re.fullmatch(r"\.[a-z_]+", part.value) is not None


def pattern(part):
    return re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.-]+"


@pytest.mark.parametrize("key", PHRASES)
def test_a_phrase_has_the_same_slots_and_numbers_in_every_language(key):
    texts = [PHRASES[key].of(language) for language in LANGUAGES]
    assert all(text.strip() for text in texts)
    counted = {BAR in text for text in texts}
    assert len(counted) == 1
    parts = [part for text in texts for part in text.split(BAR)]
    said = [[name for name in slots(part) if name != "n"] if counted == {True} else slots(part) for part in parts]
    assert all(names == said[0] for names in said)


def test_no_phrase_is_left_over():
    texts, patterns = spoken()
    unsaid = [key for key in PHRASES if key not in texts and not any(p.fullmatch(key) for p in patterns)]
    assert unsaid == []


def test_no_phrase_is_missing():
    texts, _ = spoken()
    shape = re.compile(rf"(?:{'|'.join(MODULES)})\.[a-z_]+(?:\.[a-z_]+)*")
    asked = [text for text in sorted(texts) if shape.fullmatch(text) and not text.endswith(".css")]
    assert [text for text in asked if text not in PHRASES] == []


def kinds(kind=errors.ForetellError):
    return [kind, *(found for below in kind.__subclasses__() for found in kinds(below))]


def test_every_kind_of_error_has_a_title_in_every_language():
    assert {kind.__name__ for kind in kinds() if f"error.{kind.slug}" not in PHRASES} == set()
    assert [kind for kind in kinds() if PHRASES[f"error.{kind.slug}"].en != kind.title] == []
