"""What commands print: results on stdout, progress and complaints on stderr."""

import json
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console

from api.errors import Problem, problem_of
from twin.errors import ForetellError

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on stdout.")]

FAILED = 1
NO_ANSWER = 3


def out() -> Console:
    """The console of results."""
    return Console(highlight=False)


def err() -> Console:
    """The console of progress and complaints."""
    return Console(stderr=True, highlight=False)


def print_json(result: BaseModel | dict[str, Any] | list[Any]) -> None:
    """A result for a program."""
    plain = result.model_dump(mode="json") if isinstance(result, BaseModel) else result
    print(json.dumps(plain, ensure_ascii=False, indent=2))


def complain(error: ForetellError, *, as_json: bool) -> None:
    """The error's sentence on stderr, its problem document on stdout when JSON was asked for."""
    problem = error.problem if isinstance(error, Refused) else problem_of(error)
    if as_json:
        print_json(problem)
    err().print(f"[bold red]{problem.title}[/]: ", end="")
    err().print(problem.detail, markup=False, soft_wrap=True)
    if problem.candidates:
        err().print(f"Candidates: {', '.join(problem.candidates)}", markup=False, soft_wrap=True)


class Refused(ForetellError):
    """The API's own problem, come back over REST."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail, field=problem.field, candidates=problem.candidates)
        self.problem = problem
