"""`foretell models`: versions of the world model."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Protocol

import typer
from rich.table import Column, Table

from api.cli.client import Api, connected, load_settings, local
from api.cli.output import Json, out, print_json
from api.roles import Role
from api.routes.models import Jobs, ModelsView
from twin.lifecycle import GateDecision, JobStatus, ModelVersion, Promotion, VersionDetail
from twin.settings import Settings

app = typer.Typer(help="Versions of the world model: list, promote, roll back.", no_args_is_help=True)

EPILOG = """Examples:

foretell models list

foretell models promote linear-1a2b3c4d --reason 'better at night'

foretell models rollback --who 'M. Weber'"""

Version = Annotated[str, typer.Argument(help="The version, as `models list` gives it.")]
Who = Annotated[str | None, typer.Option(help="Who decides; default: the user of this command line.")]
Reason = Annotated[str, typer.Option(help="Why.")]


class Versions(Protocol):
    """The registry, near or far."""

    def versions(self) -> tuple[ModelVersion, ...]:
        """All of them, the newest first."""
        ...

    def detail(self, version: str) -> VersionDetail:
        """One of them."""
        ...

    def promote(self, version: str, who: str, reason: str) -> Promotion:
        """Make it champion."""
        ...

    def rollback(self, who: str, reason: str) -> Promotion:
        """Make the champion before this one champion again."""
        ...

    def remove(self, version: str) -> ModelVersion:
        """Delete it."""
        ...


class Remote:
    """The registry of a running Foretell."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def versions(self) -> tuple[ModelVersion, ...]:
        """All of them, the newest first."""
        return self._api.get("/v1/models", ModelsView).models

    def detail(self, version: str) -> VersionDetail:
        """One of them."""
        return self._api.get(f"/v1/models/{version}", VersionDetail)

    def promote(self, version: str, who: str, reason: str) -> Promotion:
        """Make it champion."""
        return self._api.post(f"/v1/models/{version}/promote", Promotion, {"who": who, "reason": reason})

    def rollback(self, who: str, reason: str) -> Promotion:
        """Make the champion before this one champion again."""
        return self._api.post("/v1/models/rollback", Promotion, {"who": who, "reason": reason})

    def remove(self, version: str) -> ModelVersion:
        """Delete it."""
        return self._api.delete(f"/v1/models/{version}", ModelVersion, {})


@contextmanager
def _versions(settings: Settings) -> Iterator[Versions]:
    """The registry of the Foretell that runs, else the folder itself: processes that start later find the change."""
    run = local(settings, Role.ALL)
    if run is not None:
        with connected(run) as api:
            yield Remote(api)
    else:
        from api.main import versions_of

        yield versions_of(settings)


@app.command("list", epilog=EPILOG)
def show_all(*, as_json: Json = False) -> None:
    """List the versions, the newest first."""
    with _versions(load_settings()) as models:
        known = models.versions()
    if as_json:
        print_json([item.model_dump(mode="json") for item in known])
        return
    table = Table(
        Column("version", no_wrap=True), "status", "family", "data", "hours", "nrmse", "skill", "parent", box=None
    )
    for item in known:
        span = f"{item.data_start:%Y-%m-%d} to {item.data_end:%Y-%m-%d}"
        told = (item.version, item.status.value, item.family, span, f"{item.data_hours:.0f}")
        table.add_row(*told, *(_number(item.skill.get(name)) for name in ("nrmse", "skill")), item.parent or "-")
    out().print(table if known else "There is no world model yet: `foretell train` makes one.")


@app.command("show", epilog=EPILOG)
def show(version: Version, *, as_json: Json = False) -> None:
    """Show one version: data, skill, promotions, what the gate said."""
    with _versions(load_settings()) as models:
        found = models.detail(version)
    if as_json:
        print_json(found)
        return
    model, print_line = found.model, out().print
    print_line(f"{model.version}  {model.status.value}, {model.family}, seed {model.seed}", markup=False)
    span = f"{model.data_start:%Y-%m-%d %H:%M} to {model.data_end:%Y-%m-%d %H:%M} UTC"
    print_line(
        f"  data: {span}, {model.data_hours:.0f} h, {model.excluded_hours:.1f} h of events left out", markup=False
    )
    if found.card.units:
        print_line(f"  a model each for: {', '.join(found.card.units)}", markup=False)
    for name, value in model.skill.items():
        print_line(f"  {name}: {value:.3g}", markup=False)
    for band in () if found.bands is None else found.bands.changes:
        print_line(f"  {band.time:%Y-%m-%d %H:%M} band of {band.tag} x {band.new:.2f}: {band.reason}", markup=False)
    for made in found.promotions:
        way = "rolled back to" if made.rollback else "promoted"
        print_line(f"  {made.time:%Y-%m-%d %H:%M} {way} {made.version} by {made.who}: {made.reason}", markup=False)
    for decision in found.decisions:
        print_line(f"  {_told(decision)}", markup=False)


@app.command("promote", epilog=EPILOG)
def promote(version: Version, who: Who = None, reason: Reason = "", *, as_json: Json = False) -> None:
    """Make a version champion; every process of this Foretell takes it up within seconds."""
    with _versions(load_settings()) as models:
        made = models.promote(version, who or getpass.getuser(), reason)
    print_json(made) if as_json else typer.echo(f"{made.version} is champion in place of {made.previous or 'none'}")


@app.command("rollback", epilog=EPILOG)
def rollback(who: Who = None, reason: Reason = "", *, as_json: Json = False) -> None:
    """Make the champion before this one champion again."""
    with _versions(load_settings()) as models:
        made = models.rollback(who or getpass.getuser(), reason)
    print_json(made) if as_json else typer.echo(f"{made.version} is champion again in place of {made.previous}")


@app.command("remove", epilog=EPILOG)
def remove(version: Version, *, as_json: Json = False) -> None:
    """Delete a version that is not champion, with its checkpoint."""
    with _versions(load_settings()) as models:
        gone = models.remove(version)
    print_json(gone) if as_json else typer.echo(f"{gone.version} is removed")


@app.command("jobs", epilog=EPILOG)
def jobs(*, as_json: Json = False) -> None:
    """List trainings in the background of the Foretell that runs."""
    from api.cli.client import connect

    with connect(load_settings()) as api:
        found = api.get("/v1/models/jobs", Jobs)
    if as_json:
        print_json(found)
        return
    for job in found.jobs:
        what = job.error or job.version or job.line
        done = f" {job.share:.0%}" if job.status is JobStatus.RUNNING else ""
        out().print(f"{job.started:%Y-%m-%d %H:%M}  {job.status.value}{done}  {what}", markup=False)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _told(decision: GateDecision) -> str:
    numbers = f"error {decision.challenger.nrmse:.3f} against {decision.champion.nrmse:.3f}"
    alarms = f"false alarms {decision.challenger.false_alarms} against {decision.champion.false_alarms}"
    verdict = "passed the gate" if decision.passed else f"refused: {'; '.join(decision.reasons)}"
    return f"{decision.time:%Y-%m-%d %H:%M} {verdict} ({numbers}, {alarms}, {decision.hours:.0f} h)"
