"""The page of the bench: the form, the stage with its curves, what was saved."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import structlog
from nicegui import ui
from starlette.datastructures import QueryParams

from api.console.ask import ask_about
from api.console.bench.draft import Draft, DraftMove, DraftScenario, drafted
from api.console.bench.form import Form
from api.console.bench.palette import MARKS, MOST
from api.console.bench.past import Past
from api.console.bench.reading import known_at
from api.console.bench.results import Comparison, Results
from api.console.bench.runs import Run, looked_back
from api.console.bench.saved import Choices, Saved, ask_name
from api.console.bench.sheet import Sheet
from api.console.bench.shelf import renamed, rerun, stored
from api.console.parts import section
from api.console.states import arrived, broken, busy, empty, failed, redraw
from api.console.suggest import Subject
from api.console.view import View
from twin.errors import ForetellError
from twin.journal import TriedScenario
from twin.plant import Plant

log = structlog.get_logger(__name__)

STYLE = Path(__file__).with_name("bench.css")
ADDRESS = "/what-if"

T = TypeVar("T")


async def bench_page(view: View, query: QueryParams) -> None:
    """The what-if bench; an address may name a tag, a start, and scenarios of the store."""
    ui.add_css(STYLE)
    if not view.plant.movable:
        empty(view.words("whatif.nothing_movable"))
        return
    bench = Bench(view, query)
    if not await arrived():
        return
    await bench.begin(query.getlist("scenario")[:MOST])


class Bench:
    """One opened page: a sheet that the form, the time line and the chart of the past change, and what it came to."""

    def __init__(self, view: View, query: QueryParams) -> None:
        self._view, self._words = view, view.words
        self._sheet = Sheet(view, first_draft(view.plant, query))
        self._ran: Draft | None = None
        self._shown = Comparison(())
        self._run: Run | None = None
        asked = [tag for tag in query.getlist("tag") if tag in {item.name for item in view.plant.tags}]
        _, body = section(self._words("whatif.bench"), self._words("whatif.advice"))
        with body, ui.element("div").classes("bench"):
            with ui.column().classes("bench-form"):
                self._form = Form(self._sheet, self.compare, self._moved)
                self._actions()
            with ui.column().classes("stage"):
                self._past = Past(self._sheet, self._moved)
                self._results = Results(self._sheet, asked, self._save, self._past.show)
        ask_about(view, Subject(tag=self._results.first))
        self._saved = Saved(view, Choices(self._open, self._beside, self._again, self._forget))
        self._sheet.listeners.append(self._changed)
        self._changed()

    def _actions(self) -> None:
        with ui.row().classes("form-row"):
            self._button = ui.button(self._words("whatif.compare"), icon="insights", on_click=self.compare)
            self._button.props("unelevated no-caps").classes("grow")
            self._stop = ui.button(self._words("whatif.cancel"), icon="stop", on_click=self.cancel)
            self._stop.props("flat no-caps").set_visibility(False)
        self._told = ui.column().classes("wide told").props('role="status"')
        self._stale = ui.label(self._words("whatif.stale")).classes("badge medium stale").props('role="status"')
        self._link = ui.link(self._words("whatif.link"), ADDRESS).classes("hint link")
        with self._told:
            empty(self._words("whatif.nothing_run"))

    async def begin(self, ids: list[str]) -> None:
        """What takes time: the levels at the start, the past, the scenarios that the address names, the list."""
        if ids:
            await self._open(*ids)
        else:
            await self._moved()
        await self._saved.show()

    async def compare(self) -> None:
        """Run all scenarios of the form, unless something runs or a field is wrong."""
        if self._run is not None or not self._ready():
            return
        draft = self._sheet.draft
        self._run = run = Run(self._view, draft.asked())
        self._begin_run(len(draft.scenarios))
        try:
            compared = await run.outcome(lambda done: self._progress(done, len(draft.scenarios)))
        except Exception:
            self._tell(lambda: broken(self._view))
            log.exception("console.compare_failed")
            return
        finally:
            self._end_run()
        if compared is None:
            self._tell(lambda: empty(self._words("whatif.given_up")))
            return
        self._tell(lambda: None)
        self._ran = draft
        names = [item.name for item in draft.scenarios]
        await self._show(Comparison(tuple(zip(names, compared.outcomes, strict=True)), compared.hindsight))

    def cancel(self) -> None:
        """Give up what is being worked out."""
        if self._run is not None:
            self._run.cancel()

    def _ready(self) -> bool:
        self._sheet.asked = True
        self._sheet.tell()
        if self._sheet.faulty_start or self._sheet.faulty_horizon:
            self._tell(lambda: _alert(self._words("whatif.faulty_when")))
            return False
        faulty = self._sheet.faulty()
        if faulty:
            letters = ", ".join(MARKS[index].letter for index in faulty)
            self._form.select(faulty[0])
            self._tell(lambda: _alert(self._words("whatif.faulty", letters=letters)))
        return not faulty

    def _begin_run(self, number: int) -> None:
        self._button.disable()
        self._stop.set_visibility(True)
        self._progress(0, number)

    def _end_run(self) -> None:
        self._run = None
        self._button.enable()
        self._stop.set_visibility(False)

    def _progress(self, done: int, number: int) -> None:
        self._tell(lambda: busy(self._words("whatif.running", done=done, all=number)))

    def _tell(self, draw: Callable[[], None]) -> None:
        redraw(self._told, draw)

    def _changed(self) -> None:
        """Whether the results still belong to the form, apart from names."""
        shown = self._ran is not None
        self._stale.set_visibility(shown and _nameless(self._ran) != _nameless(self._sheet.draft))
        self._link.set_visibility(shown)

    async def _moved(self) -> None:
        """Another start or another tag: other levels are in force, and other curves fit until something was run."""
        try:
            known = await asyncio.to_thread(known_at, self._view.state.twin, self._sheet.draft.start)
        except ForetellError as error:
            log.warning("console.levels_unknown", detail=error.detail)
        else:
            self._sheet.known = known
            self._sheet.tell()
        await self._results.follow()
        await self._past.reach()

    async def _show(self, comparison: Comparison) -> None:
        self._shown = comparison
        address = f"{ADDRESS}?{urlencode([('scenario', item.id) for _, item in comparison.kept])}"
        if comparison.kept:
            ui.navigate.history.replace(address)
            self._link.props(f'href="{address}"')
        self._changed()
        await self._results.show(comparison)

    async def _load(self, found: tuple[TriedScenario, ...]) -> None:
        """Show scenarios of the store as they came out, and fill the form with them."""
        first = found[0]
        scenarios = tuple(drafted(item.scenario, self._view.plant, item.name or "") for item in found)
        self._sheet.faulty_start = self._sheet.faulty_horizon = None
        self._sheet.selected = 0
        self._ran = Draft(scenarios, first.outcome.start, first.scenario.horizon)
        self._sheet.put(self._ran)
        twin = self._view.state.twin
        hindsight = await asyncio.to_thread(
            looked_back, twin, first.outcome.start, first.scenario.horizon, self._view.state.max_horizon
        )
        names = self._told_apart(found)
        await self._show(Comparison(tuple(zip(names, found, strict=True)), hindsight))

    def _told_apart(self, found: tuple[TriedScenario, ...]) -> list[str]:
        """Names, of one that was run again that of the first run; with the model's version where models differ."""
        own = {item.id: item.name or "" for item in found}
        names = [own[item.id] or own.get(item.rerun_of or "", "") for item in found]
        models = [item.outcome.model_version for item in found]
        if len(set(models)) == 1:
            return names
        return [
            self._words("whatif.old_and_new", name=name, model=model).strip()
            for name, model in zip(names, models, strict=True)
        ]

    async def _open(self, *ids: str) -> None:
        await self._try(lambda: stored(self._view.state, ids), self._load, self._words("whatif.reading"))
        await self._moved()

    async def _beside(self, identity: str) -> None:
        others = [item.id for _, item in self._shown.kept if item.id != identity]
        await self._open(*others[: MOST - 1], identity)

    async def _again(self, identity: str) -> None:
        """Old and new beside each other."""
        reading = self._words("whatif.rerunning")
        await self._try(lambda: rerun(self._view.state, identity), self._load, reading)
        await self._moved()

    async def _forget(self, identity: str) -> None:
        async def listed(_: TriedScenario) -> None:
            await self._saved.show()

        await self._try(lambda: renamed(self._view.state, identity, None), listed)

    def _save(self, name: str, tried: TriedScenario) -> None:
        async def keep(called: str) -> None:
            await self._try(lambda: renamed(self._view.state, tried.id, called), self._renamed)

        ask_name(self._view, name, keep)

    async def _renamed(self, tried: TriedScenario) -> None:
        outcomes = [
            (tried.name or name, tried) if isinstance(item, TriedScenario) and item.id == tried.id else (name, item)
            for name, item in self._shown.outcomes
        ]
        await self._show(Comparison(tuple(outcomes), self._shown.hindsight))
        await self._saved.show()

    async def _try(self, work: Callable[[], T], done: Callable[[T], Awaitable[None]], doing: str = "") -> None:
        """Do `work` in a thread, go on with what it gave, or tell its error."""
        if doing:
            self._tell(lambda: busy(doing))
        try:
            found = await asyncio.to_thread(work)
            self._tell(lambda: None)
            await done(found)
        except ForetellError as error:
            known = error
            self._tell(lambda: failed(self._view, known))
        except Exception:
            self._tell(lambda: broken(self._view))
            log.exception("console.failed", doing=doing)


def first_draft(plant: Plant, query: QueryParams) -> Draft:
    """One scenario with one move, of the tag that the address names or of its handle, from its start."""
    asked = query.get("tag")
    tag = next((item for item in plant.tags if item.name == asked), plant.movable[0])
    moved = tag.name if tag.movable else tag.handle or plant.movable[0].name
    return Draft((DraftScenario((DraftMove(moved),)),), _instant(query.get("start")))


def _alert(sentence: str) -> None:
    with ui.row().classes("state failed").props('role="alert"'):
        ui.icon("error_outline").props('aria-hidden="true"')
        ui.label(sentence)


def _instant(text: str | None) -> datetime | None:
    """The instant of an address; None when it names none."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _nameless(draft: Draft | None) -> Draft | None:
    """The draft without the names, which change nothing."""
    return draft and replace(draft, scenarios=tuple(replace(item, name="") for item in draft.scenarios))
