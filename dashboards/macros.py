"""What Grafana makes of a query before it sends it: variables, the interval, and the macros of its PostgreSQL source.

Tests and the bench run every query through it. It follows pkg/tsdb/grafana-postgresql-datasource/macros.go with its
corners: an argument holds no parenthesis, and `$__timeGroup(...)` directly before a comma becomes a column "time".
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from twin.clock import Span
from twin.errors import ConfigurationError

Values = Mapping[str, Sequence[str]]
"""What is chosen for each variable."""

_CALL = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")
_VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(?!__)(\w+)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
# what Grafana rounds to, and below which it rounds down to it; both in seconds
_ROUND = ((1, 1.5), (2, 3.5), (5, 7.5), (10, 12.5), (15, 17.5), (20, 25), (30, 45), (60, 90), (120, 210), (300, 450))
_ROUND_LONG = ((600, 750), (900, 1050), (1200, 1500), (1800, 2700), (3600, 5400), (7200, 9000), (10800, 16200))
_ROUND_DAYS = ((21600, 32400), (43200, 86400), (86400, 604800), (604800, 1814400), (2592000, 3628800))


def expand(sql: str, span: Span, interval: timedelta, values: Values) -> str:
    """The statement that the server gets; raises ConfigurationError for what Grafana would not understand."""
    filled = _VARIABLE.sub(lambda match: _value(match, values), sql)
    milliseconds = round(interval.total_seconds() * 1000)
    filled = filled.replace("$__interval_ms", str(milliseconds)).replace("$__interval", _written(interval))
    expanded = _CALL.sub(lambda match: _macro(match, filled, span), filled)
    if "$__" in expanded:
        raise ConfigurationError(f"Grafana does not know the macro at {expanded[expanded.index('$__') :][:40]!r}")
    return expanded


def interval_of(span: Span, points: int, least: timedelta) -> timedelta:
    """The width of a bucket that Grafana chooses for so many points, in whole steps of its ladder."""
    wanted = max((span.end - span.start).total_seconds() / points, least.total_seconds(), 1.0)
    ladder = (*_ROUND, *_ROUND_LONG, *_ROUND_DAYS)
    rounded = next((step for step, below in ladder if wanted < below), 31536000)
    return max(timedelta(seconds=rounded), least)


def seconds(written: str) -> float:
    """A length as Grafana writes it, `30s` or `1m`, in seconds."""
    match = re.fullmatch(r"(\d+)(ms|s|m|h|d)", written)
    if match is None:
        raise ConfigurationError(f"{written!r} is no interval that Grafana understands")
    return int(match[1]) * _UNITS[match[2]]


def _value(match: re.Match[str], values: Values) -> str:
    name, form = match[1] or match[3], match[2]
    if name not in values:
        raise ConfigurationError(f"variable {name!r} is not defined")
    if form == "sqlstring":
        return ",".join("'" + value.replace("'", "''") + "'" for value in values[name])
    if form is None and len(values[name]) == 1:
        return values[name][0]
    raise ConfigurationError(f"${{{name}:{form}}} is not quoted as a statement needs it")


def _macro(match: re.Match[str], sql: str, span: Span) -> str:
    name, arguments = match[1], [part.strip(" ") for part in match[2].split(",")]
    first, last = (f"'{_instant(moment)}'" for moment in (span.start, span.end))
    if "(" in match[2]:
        raise ConfigurationError(f"an argument of a macro holds no parenthesis: {match[0]}")
    match name:
        case "__timeFilter":
            return f"{arguments[0]} BETWEEN {first} AND {last}"
        case "__timeFrom":
            return first
        case "__timeTo":
            return last
        case "__timeGroup" | "__timeGroupAlias":
            return _group(match[0], name, arguments, sql)
    raise ConfigurationError(f"Grafana does not know the macro {name!r}, or Foretell does not use it")


def _group(call: str, name: str, arguments: Sequence[str], sql: str) -> str:
    """Grafana looks behind the first call of the same text, so all of them become a column or none."""
    if len(arguments) < 2:
        raise ConfigurationError(f"{call} needs a column and an interval")
    width = f"{seconds(arguments[1].strip(chr(39))):g}"
    grouped = f"floor(extract(epoch from {arguments[0]})/{width})*{width}"
    behind = sql[sql.index(call) + len(call) :][:1]
    return f'{grouped} AS "time"' if name == "__timeGroupAlias" or behind == "," else grouped


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _written(interval: timedelta) -> str:
    whole = interval.total_seconds()
    for unit in ("d", "h", "m", "s"):
        if whole >= _UNITS[unit] and whole % _UNITS[unit] == 0:
            return f"{whole / _UNITS[unit]:.0f}{unit}"
    return f"{whole * 1000:.0f}ms"
