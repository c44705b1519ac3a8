"""`foretell llm`: the language model in the house."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.client import load_settings
from api.cli.output import FAILED, Json, out, print_json

app = typer.Typer(help="The language model that reads what the rules are not sure of.", no_args_is_help=True)

EPILOG = """Examples:

foretell llm use ~/models/qwen2.5-1.5b-instruct-q4_k_m.gguf

foretell llm status

foretell llm off"""


@app.command("use", epilog=EPILOG)
def use(path: Annotated[Path, typer.Argument(help="A GGUF file.")], *, as_json: Json = False) -> None:
    """Choose a GGUF file; the next start of Foretell serves it on one thread. FORETELL_LLM_BASE_URL still wins."""
    from api.lifecycle import language

    settings = load_settings()
    chosen = language.use(settings, path)
    if as_json:
        print_json({"path": str(chosen), "wins": settings.llm_base_url is None})
        return
    out().print(f"{chosen.name} reads questions from the next start on.")
    if settings.llm_base_url is not None:
        out().print("FORETELL_LLM_BASE_URL is set and wins as long as it is.")


@app.command("status", epilog=EPILOG)
def status(*, as_json: Json = False) -> None:
    """Say which language model there is, and whether it can be asked; exit code 1 when it cannot."""
    from api.lifecycle import language

    state = language.status(load_settings())
    if as_json:
        print_json(state)
    else:
        hits = "" if state.hit_rate is None else f", prefix cache hits {state.hit_rate:.0%}"
        out().print(f"{state.source}: {state.detail}{hits}")
    if not state.ok:
        raise typer.Exit(FAILED)


@app.command("off", epilog=EPILOG)
def off(*, as_json: Json = False) -> None:
    """Take the choice back: from the next start on questions are read without it."""
    from api.lifecycle import language

    there = language.off(load_settings())
    if as_json:
        print_json({"was_chosen": there})
    else:
        out().print("The choice is taken back." if there else "Nothing was chosen.")
