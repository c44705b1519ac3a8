"""Where a click leads: from a panel to the event, from the event to the console, and to the chat with a question."""

from urllib.parse import quote

OVERVIEW, EVENT, TAG_TREND = "foretell-overview", "foretell-event", "foretell-tag"
WHAT_IF, MODEL, INGEST, QUESTIONS = "foretell-what-if", "foretell-model", "foretell-ingest", "foretell-questions"

_HERE = "from=${__from}&to=${__to}&var-console=${console:percentencode}"
_ROW = "from=${__data.fields.shown_from}&to=${__data.fields.shown_to}&var-console=${console:percentencode}"


def event_of_row(column: str = "id") -> str:
    """The event dashboard around the event of a table's row, which has its times in shown_from and shown_to."""
    return f"/d/{EVENT}?var-event=${{__data.fields.{column}}}&{_ROW}"


def scenario_of_row() -> str:
    """The what-if dashboard at the scenario of a table's row."""
    return f"/d/{WHAT_IF}?var-scenario=${{__data.fields.id}}&{_ROW}"


def tag_of_row(column: str) -> str:
    """The tag dashboard at the tag of a table's row, in the same time range."""
    return f"/d/{TAG_TREND}?var-tag=${{__data.fields.{column}:percentencode}}&{_HERE}"


def event_in_console(value: str = "${__data.fields.id}") -> str:
    """The console's page of an event."""
    return f"${{console}}/events/{value}"


def tag_in_console(column: str) -> str:
    """The console's page of a tag."""
    return f"${{console}}/tags/${{__data.fields.{column}:percentencode}}"


def scenario_in_console(value: str = "${__data.fields.id}") -> str:
    """The console's what-if bench with a scenario."""
    return f"${{console}}/what-if?scenario={value}"


def question(before: str, value: str = "", after: str = "") -> str:
    """The console with a question filled in; `value` is a variable that Grafana puts in, url-encoded."""
    return f"${{console}}{question_path(before, value, after)}"


def question_path(before: str, value: str = "", after: str = "") -> str:
    """The same, from the console's root."""
    return f"/?question={quote(before, safe='')}{value}{quote(after, safe='')}"


SHOWN = """(extract(epoch FROM {start} - interval '1 hour') * 1000)::bigint::text AS shown_from,
       (extract(epoch FROM coalesce({end}, now()) + interval '1 hour') * 1000)::bigint::text AS shown_to"""
"""Columns that a row's link takes its time range from: text, since Grafana would write a number with its unit."""
