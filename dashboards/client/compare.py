"""What two JSON documents differ in, field by field, and by which mark one is known again."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MADE_BY_GRAFANA = frozenset({"id", "version", "iteration"})
"""Of a dashboard: numbers that Grafana gives."""
DIGITS = 16
WIDTH = 60


@dataclass(frozen=True)
class Difference:
    """A field that is not as it shall be; None where it is missing."""

    path: str
    there: object
    wanted: object

    def __str__(self) -> str:
        return f"{self.path}: {_short(self.there)} -> {_short(self.wanted)}"


def differences(there: object, wanted: object, path: str = "") -> Iterator[Difference]:
    """Every field that differs; a missing one and one that holds null are the same."""
    if isinstance(there, Mapping) and isinstance(wanted, Mapping):
        for name in sorted({*there, *wanted}):
            yield from differences(there.get(name), wanted.get(name), f"{path}.{name}" if path else name)
    elif isinstance(there, list) and isinstance(wanted, list) and len(there) == len(wanted):
        for number, pair in enumerate(zip(there, wanted, strict=True)):
            yield from differences(*pair, f"{path}.{number}")
    elif there != wanted:
        yield Difference(path, there, wanted)


def lacking(there: object, wanted: object) -> tuple[Difference, ...]:
    """Fields of `wanted` that are not so; what else is there does not count."""
    return tuple(found for found in differences(there, wanted) if found.wanted is not None)


def content(dashboard: Mapping[str, Any]) -> dict[str, Any]:
    """A dashboard without the numbers that Grafana gives."""
    return {name: value for name, value in dashboard.items() if name not in MADE_BY_GRAFANA}


def mark(document: Mapping[str, Any]) -> str:
    """A short digest of a document's content."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:DIGITS]


def _short(value: object) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
