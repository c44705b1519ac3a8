"""`foretell ask`."""

from typing import Annotated
from uuid import uuid4

import typer

from api.cli.client import Api, connect, load_settings
from api.cli.output import NO_ANSWER, Json, Refused, complain, out, print_json
from api.cli.render import Printer
from api.cli.times import parse_instant
from api.errors import Problem
from api.language.stages import Called
from twin.answer import Answer, Status
from twin.errors import ForetellError

EPILOG = """Examples:

foretell ask "Tell me, factory, were there any unusual events last night?"

foretell ask "What if we had cut the A feed by 10 % at 02:00?" --json

foretell ask "Average reactor pressure last night?" --at 2026-03-02T08:00

foretell ask --chat"""

SAID = {Status.ANSWERED, Status.NO_EVENTS}
LEAVE = {"exit", "quit", "bye"}
EVIDENCE = "/evidence"


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in plain words.")] = None,
    at: Annotated[str | None, typer.Option(help="Ask as of this instant: ISO 8601, or HH:MM of the plant.")] = None,
    session: Annotated[str | None, typer.Option(help="Name of a conversation to begin or to go on with.")] = None,
    *,
    chat: Annotated[bool, typer.Option("--chat", help="Hold a conversation; Ctrl-D ends it.")] = False,
    as_json: Json = False,
) -> None:
    """Ask the twin a question. Exit code 3: it has no answer (asks back, refuses, has no data)."""
    if question is None and not chat:
        raise typer.BadParameter("say what to ask, or --chat", param_hint="QUESTION")
    with connect(load_settings()) as api:
        moment = None if at is None else parse_instant(at, api.zone).isoformat()
        body = {"question": question, "at": moment, "session": session or (uuid4().hex if chat else None)}
        if chat:
            _chat(api, body)
            return
        answer = api.post("/v1/ask", Answer, body)
        if as_json:
            print_json(answer)
        else:
            Printer(out(), api.zone).answer(answer)
    if answer.status not in SAID:
        raise typer.Exit(NO_ANSWER)


def _chat(api: Api, body: dict[str, str | None]) -> None:
    """Question and answer, until the end of the input; `/evidence` shows what the last answer stands on."""
    printer = Printer(out(), api.zone)
    answer: Answer | None = None
    text = body["question"]
    while True:
        text = text or _asked(printer)
        if text is None or text.lower() in LEAVE:
            return
        if text == EVIDENCE:
            if answer is not None:
                printer.evidence(answer.facts)
        elif text:
            answer = _answered(api, body | {"question": text}, printer) or answer
        text = None


def _asked(printer: Printer) -> str | None:
    """The next line; None at the end of the input."""
    try:
        return printer.console.input("[bold]> [/]").strip()
    except EOFError:
        printer.console.print()
        return None


def _answered(api: Api, body: dict[str, str | None], printer: Printer) -> Answer | None:
    """The answer, with the operations that run for it; Ctrl-C stops it, None."""
    stages = api.events("/v1/ask", body)
    try:
        for name, data in stages:
            if name == "tool":
                printer.console.print(f"… {Called.model_validate_json(data).call.name}", style="dim", markup=False)
            elif name == "problem":
                raise Refused(Problem.model_validate_json(data))
            elif name == "answer":
                answer = Answer.model_validate_json(data)
                printer.answer(answer, evidence=False)
                return answer
    except KeyboardInterrupt:
        printer.console.print("Stopped.", style="yellow")
    except ForetellError as error:
        complain(error, as_json=False)
    finally:
        stages.close()
    return None
