"""`foretell ask`."""

from typing import Annotated

import typer

from api.cli.client import connect, load_settings
from api.cli.output import NO_ANSWER, Json, out, print_json
from api.cli.render import Printer
from api.cli.times import parse_instant
from twin.answer import Answer, Status

EPILOG = """Examples:

foretell ask "Tell me, factory, were there any unusual events last night?"

foretell ask "What if we had cut the A feed by 10 % at 02:00?" --json

foretell ask "Average reactor pressure last night?" --at 2026-03-02T08:00"""

SAID = {Status.ANSWERED, Status.NO_EVENTS}


def ask(
    question: Annotated[str, typer.Argument(help="The question, in plain words.")],
    at: Annotated[str | None, typer.Option(help="Ask as of this instant: ISO 8601, or HH:MM of the plant.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Ask the twin a question. Exit code 3: it has no answer (asks back, refuses, has no data)."""
    with connect(load_settings()) as api:
        moment = None if at is None else parse_instant(at, api.zone).isoformat()
        answer = api.post("/v1/ask", Answer, {"question": question, "at": moment})
        if as_json:
            print_json(answer)
        else:
            Printer(out(), api.zone).answer(answer)
    if answer.status not in SAID:
        raise typer.Exit(NO_ANSWER)
