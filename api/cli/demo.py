"""`foretell demo`."""

from typing import Annotated

import typer
from pydantic import BaseModel

from api.cli.client import Api, connected, load_settings
from api.cli.output import Json, err, out, print_json
from api.cli.render import Printer
from api.cli.signals import until_stopped, wait
from api.logs import configure
from api.progress import Stages
from api.runfile import Run
from twin.answer import Answer

EPILOG = """Examples:

foretell demo

foretell demo --port 8700

foretell demo --once --json > answers.json"""

QUESTIONS = (
    "Tell me, factory, were there any unusual events last night?",
    "What would have happened to reactor pressure if we had cut the A feed by 10 % at 02:00?",
    "What was the average reactor pressure last night?",
)
LOG = "foretell.log"


class Shown(BaseModel):
    """What a demo shows."""

    url: str
    seconds: float
    questions: tuple[str, ...]
    answers: tuple[Answer, ...]


def demo(
    port: Annotated[int | None, typer.Option(help="Port of API and console; default: FORETELL_PORT, 8600.")] = None,
    *,
    live: Annotated[bool, typer.Option("--live/--no-live", help="Whether the plant runs on afterwards.")] = True,
    once: Annotated[bool, typer.Option("--once", help="Show the three answers and end.")] = False,
    as_json: Json = False,
) -> None:
    """Run the whole twin on the demo plant: history, world model, live loop, API and console; ends with Ctrl-C."""
    from api.demo import demonstration

    settings = load_settings(port=port)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    configure(settings.log_level, settings.data_dir / LOG)
    stages = Stages(err() if as_json else out())
    with until_stopped(), demonstration(settings, stages, live=live) as run:
        shown = _show(run, stages, quiet=as_json)
        if as_json:
            print_json(shown)
        if not once:
            stages.say(f"\nConsole and API: [bold]{shown.url}[/]\nCtrl-C stops; the log is {settings.data_dir / LOG}")
            wait()
    stages.say("Stopped; the data stay for the next start.")


def _show(run: Run, stages: Stages, *, quiet: bool) -> Shown:
    url = f"{run.url}/?key={run.key}"
    stages.say(f"\nUp after {stages.elapsed:.1f} s: [bold]{url}[/]")
    with connected(run) as api:
        answers = tuple(_ask(api, question, quiet=quiet) for question in QUESTIONS)
    return Shown(url=url, seconds=stages.elapsed, questions=QUESTIONS, answers=answers)


def _ask(api: Api, question: str, *, quiet: bool) -> Answer:
    answer = api.post("/v1/ask", Answer, {"question": question})
    if not quiet:
        console = out()
        console.print(f"\n[bold cyan]{question}[/]")
        Printer(console, api.zone).answer(answer, evidence=False)
    return answer
