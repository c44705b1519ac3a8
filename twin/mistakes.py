"""What is wrong in a YAML file, said with file, line, field, value and what was expected."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from twin.errors import ForetellError
from twin.yaml_lines import Document, FieldPath, field_name

_MAX_REPORTED = 20

E = TypeVar("E", bound=ForetellError)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: where it is, what stands there (None: nothing), what was expected."""

    path: FieldPath
    value: object
    expected: str


def mistakes_of_form(error: ValidationError, at: FieldPath = ()) -> Iterator[Mistake]:
    """What pydantic found; `at` is where the validated part stands in the file."""
    for item in error.errors():
        path, value = (*at, *item["loc"]), item["input"]
        if item["type"] == "missing":
            yield Mistake(path, None, "a value, none is given")
        elif item["type"] == "extra_forbidden":
            yield Mistake(path, value, "no such key")
        elif item["type"] == "value_error":
            yield Mistake(path, value, str(item["ctx"]["error"]))
        else:
            yield Mistake(path, value, item["msg"].removeprefix("Input should be "))


def file_error(error_class: type[E], document: Document, mistakes: Iterable[Mistake]) -> E:
    """The error that names every mistake, one a line, in the order of the file."""
    found = sorted(mistakes, key=lambda mistake: document.line(mistake.path))
    said = [_sentence(document, mistake) for mistake in found[:_MAX_REPORTED]]
    if len(found) > _MAX_REPORTED:
        said.append(f"and {len(found) - _MAX_REPORTED} more mistakes")
    return error_class("\n".join(said), field=field_name(found[0].path), value=_shown(found[0].value))


def _sentence(document: Document, mistake: Mistake) -> str:
    where = (
        f"{document.file}:{document.line(mistake.path)}: {field_name(mistake.path)}{_whose(document, mistake.path)}"
    )
    value = "" if mistake.value is None else f" is {_shown(mistake.value)}"
    return f"{where}{value}, expected {mistake.expected}"


def _whose(document: Document, path: FieldPath) -> str:
    """The name of the entry of a list that a path leads into, if it has one."""
    try:
        name = document.content[path[0]][path[1]]["name"]
    except (IndexError, KeyError, TypeError):
        return ""
    return f" ({name})" if isinstance(name, str) else ""


def _shown(value: object) -> object:
    if isinstance(value, dict | list):
        return f"a {'mapping' if isinstance(value, dict) else 'list'} of {len(value)}"
    return repr(value) if value == "" else value
