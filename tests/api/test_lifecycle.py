"""A promotion reaches every part of a running process; trainings, thresholds and versions over REST."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from safetensors.numpy import save_file
from starlette.requests import Request

from api.app import create_app
from api.dependencies import AppState, app_state
from api.lifecycle.desk import Desk
from api.lifecycle.jobs import Jobs
from api.lifecycle.loading import Loaded
from api.lifecycle.serving import Serving
from api.lifecycle.trainer import alone
from models.registry import ModelRegistry
from twin.clock import FixedClock
from twin.errors import CheckpointError, InvalidInput
from twin.lifecycle import (
    DriftReport,
    GateDecision,
    JobStatus,
    ModelScore,
    ModelStatus,
    ModelVersion,
    ThresholdChange,
    TrainingRequest,
)
from twin.protocols import ScoreSeries, Twin

from .conftest import KEY, NOW, FollowingModel


class Detector:
    """Scores nothing; knows its thresholds and how high statistics were."""

    false_alarms_per_week = 1.0

    def __init__(self, factors: dict[str, float] | None = None) -> None:
        self.thresholds = {"T2": 10.0, "tag": 5.0}
        self.factors = factors or {}

    def adjusted(self, factors: dict[str, float]) -> "Detector":
        return Detector(dict(factors))

    def anew(self) -> "Detector":
        return self

    def peaks(self, window: Any, residual: Any, since: Any) -> dict[str, float]:
        return {"T2": 14.0, "tag": 3.0}

    def watch(self, window: Any, residual: Any) -> Any:
        return ScoreSeries(residual.time, np.zeros(len(residual.time))), ()


class Hands:
    """A clock whose hands a test sets."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> Any:
        return self.moment


class Bench:
    """The twin of the small plant with a registry, and checkpoints that hold a card only."""

    def __init__(self, state: AppState, folder: Path) -> None:
        self.clock = Hands()
        self.twin = Twin(state.twin.plant, state.twin.historian, state.twin.events, None, self.clock)
        self.registry = ModelRegistry(folder, "small", now=self.clock.now)
        self.settings = state.settings.model_copy(update={"data_dir": folder})
        self.broken: set[str] = set()

    def model(self, version: str) -> FollowingModel:
        model = FollowingModel(tuple(tag.name for tag in self.twin.plant.observed))
        model.card = model.card.model_copy(update={"version": version})
        return model

    def add(self, version: str) -> ModelVersion:
        about = '{"card": ' + self.model(version).card.model_dump_json() + "}"
        return self.registry.add(lambda path: save_file({"w": np.zeros(1)}, path, metadata={"foretell": about}))

    def load(self) -> Loaded | None:
        champion = self.registry.champion()
        if champion in self.broken:
            raise CheckpointError(f"{champion} is damaged")
        return None if champion is None else Loaded(self.model(champion), Detector())

    def serving(self) -> Serving:
        return Serving(self.twin, self.load, self.registry)

    def desk(self, serving: Serving) -> Desk:
        return Desk(self.settings, self.twin, self.registry, serving)


@pytest.fixture
def bench(state: AppState, tmp_path: Path) -> Bench:
    made = Bench(state, tmp_path)
    made.add("a")
    made.add("b")
    return made


def active(bench: Bench) -> str | None:
    return None if bench.twin.model is None else bench.twin.model.card.version


def test_a_promotion_exchanges_the_model_and_the_loop(bench: Bench) -> None:
    serving = bench.serving()
    first = serving.loop
    assert active(bench) == "a"
    assert not serving.refresh()
    bench.registry.promote("b", "w", "r")
    assert serving.refresh()
    assert active(bench) == "b"
    assert serving.loop is not first
    assert not serving.refresh()


def test_another_versions_arrival_exchanges_nothing(bench: Bench) -> None:
    serving = bench.serving()
    loop = serving.loop
    bench.add("c")
    assert not serving.refresh()
    assert serving.loop is loop


def test_the_first_model_of_a_plant_is_taken_up(state: AppState, tmp_path: Path) -> None:
    bench = Bench(state, tmp_path)
    serving = bench.serving()
    assert serving.loop is None
    assert active(bench) is None
    bench.add("a")
    assert serving.refresh()
    assert active(bench) == "a"
    assert serving.loop is not None


def test_a_champion_that_cannot_be_loaded_leaves_the_one_before(bench: Bench) -> None:
    serving = bench.serving()
    bench.broken = {"b"}
    bench.registry.promote("b", "w", "r")
    with pytest.raises(CheckpointError):
        serving.refresh()
    assert active(bench) == "a"
    bench.broken = set()
    assert serving.refresh()
    assert active(bench) == "b"


def test_a_request_keeps_the_model_it_began_with(bench: Bench, state: AppState) -> None:
    serving = bench.serving()
    app = create_app(replace(state, twin=bench.twin))
    during = app_state(Request({"type": "http", "app": app}))
    bench.registry.promote("b", "w", "r")
    serving.refresh()
    assert during.twin.model is not None
    assert during.twin.model.card.version == "a"
    assert app_state(Request({"type": "http", "app": app})).twin.model.card.version == "b"  # type: ignore[union-attr]


def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not happen")


def test_scores_after_a_promotion_are_the_new_versions(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded: list[tuple[str, Any]] = []
    record = type(bench.twin.events).record

    def remember(log: Any, version: str, scores: Any, residual: Any) -> None:
        recorded.extend((version, time) for time in residual.time.tolist())
        record(log, version, scores, residual)

    monkeypatch.setattr(type(bench.twin.events), "record", remember)
    monkeypatch.setattr("models.worker.LiveLoop.run.__defaults__", (0.01, lambda: False))
    bench.clock.moment = NOW - timedelta(hours=2)
    serving, stop = bench.serving(), threading.Event()
    thread = threading.Thread(target=serving.score, args=(stop,))
    thread.start()
    try:
        until(lambda: bool(recorded))
        bench.registry.promote("b", "w", "r")
        serving.refresh()
        bench.clock.moment = NOW
        until(lambda: any(version == "b" for version, _ in recorded))
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    times = {version: [time for other, time in recorded if other == version] for version in "ab"}
    assert max(times["a"]) < min(times["b"])
    assert len(recorded) == len({time for _, time in recorded})


def test_a_judgement_reaches_the_loop_and_fades(bench: Bench) -> None:
    serving = bench.serving()
    assert serving.loop is not None
    bench.twin.events.add_threshold_changes([a_change()])
    assert serving.refresh()
    assert serving.loop._detector.factors == {"T2": 1.5}
    assert not serving.refresh()
    bench.clock.moment += timedelta(days=30)
    assert serving.refresh()
    assert serving.loop._detector.factors == {"T2": pytest.approx(1.25, abs=0.01)}


def a_change() -> ThresholdChange:
    return ThresholdChange(
        id="c1",
        time=NOW,
        who="w",
        event_id="ev-1",
        model_version="a",
        statistic="T2",
        old=10.0,
        new=15.0,
        base=10.0,
        half_life=timedelta(days=30),
        reason="r",
    )


# -- over REST


def decision(version: str, *, passed: bool) -> GateDecision:
    score = ModelScore(version="a", nrmse=0.3, by_tag={}, false_alarms=0)
    numbers = {"time": NOW, "start": NOW, "end": NOW, "hours": 48.0, "rollouts": 9}
    other = score.model_copy(update={"version": version})
    reasons = () if passed else ("level: rollout error 2 against 1",)
    return GateDecision.model_validate(
        {**numbers, "champion": score, "challenger": other, "passed": passed, "reasons": reasons}
    )


@pytest.fixture
def serving(bench: Bench) -> Serving:
    return bench.serving()


@pytest.fixture
def rest(bench: Bench, state: AppState, serving: Serving) -> Iterator[TestClient]:
    app = create_app(replace(state, twin=bench.twin, lifecycle=bench.desk(serving)))
    with TestClient(app, headers={"X-API-Key": KEY}) as client:
        yield client


WHO = {"who": "M. Weber", "reason": "better"}


def test_versions_are_listed_shown_promoted_and_rolled_back(rest: TestClient, serving: Serving) -> None:
    listed = rest.get("/v1/models").json()
    assert listed["active"] == "a"
    assert {item["version"]: item["status"] for item in listed["models"]} == {"a": "champion", "b": "challenger"}
    assert rest.post("/v1/models/b/promote", json=WHO).status_code == 201
    serving.refresh()
    assert rest.get("/v1/models").json()["active"] == "b"
    shown = rest.get("/v1/models/b").json()
    assert shown["card"]["version"] == "b"
    assert [made["who"] for made in shown["promotions"]] == ["M. Weber"]
    back = rest.post("/v1/models/rollback", json={"who": "M. Weber"}).json()
    assert (back["version"], back["rollback"]) == ("a", True)
    assert rest.delete("/v1/models/b").json()["version"] == "b"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/models/x", None, 404),
        ("POST", "/v1/models/x/promote", WHO, 404),
        ("POST", "/v1/models/a/promote", WHO, 422),
        ("POST", "/v1/models/b/promote", {"reason": "nobody"}, 422),
        ("POST", "/v1/models/rollback", WHO, 422),
        ("DELETE", "/v1/models/a", None, 422),
        ("DELETE", "/v1/models/x", None, 404),
        ("POST", "/v1/models/a/compare", None, 422),
        ("POST", "/v1/models/train", {"hours": -1}, 422),
    ],
)
def test_what_cannot_be_done_is_a_problem(
    rest: TestClient, method: str, path: str, body: dict[str, str] | None, status: int
) -> None:
    answer = rest.request(method, path, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("passed", [True, False])
def test_the_gate_can_be_asked_before_a_promotion(
    rest: TestClient, monkeypatch: pytest.MonkeyPatch, *, passed: bool
) -> None:
    monkeypatch.setattr(Desk, "compare", lambda _desk, version: decision(version, passed=passed))
    answer = rest.post("/v1/models/b/promote", json={**WHO, "gate": True})
    assert answer.status_code == (201 if passed else 422)
    assert passed or "level: rollout error" in answer.json()["detail"]


def test_a_named_checkpoint_is_what_answers(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "own.safetensors"
    bench.add("z")
    file.write_bytes(bench.registry.path("z").read_bytes())
    bench.settings = bench.settings.model_copy(update={"checkpoint": file})
    desk = bench.desk(bench.serving())
    first = desk.versions()[0]
    assert (first.version, first.status, first.origin) == ("z", ModelStatus.CHAMPION, str(file))
    assert [item.status for item in desk.versions()].count(ModelStatus.CHAMPION) == 1
    with pytest.raises(InvalidInput, match="no promotion has an effect"):
        desk.promote("b", "w", "r")


def test_drift_is_told_where_people_look(rest: TestClient, bench: Bench) -> None:
    assert rest.get("/v1/models").json()["drift"] is None
    fields = {"time": NOW, "start": NOW, "end": NOW, "hours": 70.0, "cusum": 9.0, "limit": 6.0, "since": NOW}
    shares = {"one_step_coverage": 0.7, "rollout_coverage": 0.75, "nrmse": 0.9}
    report = DriftReport.model_validate(
        {**fields, **shares, "version": "a", "drifting": True, "reason": "70% of the one-step predictions"}
    )
    bench.registry.keep_drift(report)
    assert rest.get("/v1/models").json()["drift"]["drifting"] is True
    [check] = [item for item in rest.get("/readyz").json()["checks"] if item["name"] == "model drift"]
    assert (check["ok"], check["needed"], check["detail"]) == (False, False, "70% of the one-step predictions")
    metrics = rest.get("/metrics").text
    assert "foretell_model_drift 1.0" in metrics
    assert "foretell_model_one_step_coverage 0.7" in metrics


def test_a_drift_report_about_a_former_champion_is_not_told(rest: TestClient, bench: Bench, serving: Serving) -> None:
    fields = {"time": NOW, "start": NOW, "end": NOW, "hours": 70.0, "cusum": 9.0, "limit": 6.0, "since": NOW}
    shares = {"one_step_coverage": 0.7, "rollout_coverage": 0.75, "nrmse": 0.9}
    bench.registry.keep_drift(
        DriftReport.model_validate({**fields, **shares, "version": "a", "drifting": True, "reason": "r"})
    )
    bench.registry.promote("b", "w", "r")
    serving.refresh()
    assert rest.get("/v1/models").json()["drift"] is None


def judged(rest: TestClient, label: str) -> Any:
    answer = rest.post("/v1/events/ev-1/feedback", json={"label": label, "author": "M. Weber"})
    assert answer.status_code == 201
    return answer.json()["thresholds"]


@pytest.fixture
def own_event(bench: Bench) -> None:
    bench.twin.events.put([bench.twin.events.get("ev-1").model_copy(update={"model_version": "a"})])


@pytest.mark.usefixtures("own_event")
def test_a_false_alarm_raises_what_fired_and_can_be_undone(rest: TestClient) -> None:
    [moved] = judged(rest, "false_alarm")
    assert (moved["statistic"], moved["old"], moved["who"]) == ("T2", 10.0, "M. Weber")
    assert moved["new"] == pytest.approx(14.28)
    undone = rest.post(f"/v1/events/thresholds/{moved['id']}/undo", json={"who": "L. Braun"})
    assert undone.status_code == 201
    [listed] = rest.get("/v1/events/thresholds").json()["changes"]
    assert listed["undone_by"] == "L. Braun"
    assert rest.post(f"/v1/events/thresholds/{moved['id']}/undo", json={"who": "L. Braun"}).status_code == 422
    assert rest.post("/v1/events/thresholds/nothing/undo", json={"who": "L. Braun"}).status_code == 404


@pytest.mark.usefixtures("own_event")
def test_a_later_judgement_takes_the_raise_back(rest: TestClient) -> None:
    [raised] = judged(rest, "false_alarm")
    [taken_back] = judged(rest, "true")
    assert (taken_back["id"], taken_back["undone_by"]) == (raised["id"], "M. Weber")
    assert judged(rest, "known") == []


def test_an_event_of_another_version_moves_nothing(rest: TestClient) -> None:
    assert judged(rest, "false_alarm") == []


# -- trainings


class Training:
    """Work that a test lets go on."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, request: TrainingRequest, told: Any) -> tuple[str, bool | None]:
        told.share(0.5)
        told.line("update 50/100  held-back 0.3")
        self.begun.set()
        assert self.go_on.wait(10)
        if request.family == "wrong":
            raise InvalidInput("there is no dynamics family 'wrong'")
        return "v1", True


def job_of(jobs: Jobs, name: str) -> Any:
    return next(job for job in jobs.list() if job.id == name)


def test_a_training_is_followed_from_begin_to_end(tmp_path: Path) -> None:
    work = Training()
    jobs = Jobs(tmp_path, work, FixedClock(NOW))
    started = jobs.start(TrainingRequest(hours=100))
    assert work.begun.wait(10)
    seen = job_of(jobs, started.id)
    assert (seen.status, seen.share, seen.line) == (JobStatus.RUNNING, 0.5, "update 50/100  held-back 0.3")
    with pytest.raises(InvalidInput, match="another training"):
        jobs.start(TrainingRequest())
    work.go_on.set()
    until(lambda: job_of(jobs, started.id).status is JobStatus.DONE)
    done = job_of(Jobs(tmp_path, work, FixedClock(NOW)), started.id)
    assert (done.version, done.passed, done.share, done.request.hours) == ("v1", True, 1.0, 100)


def test_a_training_that_fails_says_why(tmp_path: Path) -> None:
    work = Training()
    work.go_on.set()
    job = Jobs(tmp_path, work, FixedClock(NOW)).run(TrainingRequest(family="wrong"))
    assert (job.status, job.error) == (JobStatus.FAILED, "there is no dynamics family 'wrong'")


def test_a_training_whose_process_ended_is_interrupted(tmp_path: Path) -> None:
    work = Training()
    dying = Jobs(tmp_path, work, FixedClock(NOW))
    started = dying.start(TrainingRequest())
    assert work.begun.wait(10)
    with alone(tmp_path):
        assert job_of(Jobs(tmp_path, work, FixedClock(NOW)), started.id).status is JobStatus.RUNNING
    assert job_of(Jobs(tmp_path, work, FixedClock(NOW)), started.id).status is JobStatus.INTERRUPTED
    work.go_on.set()
    until(lambda: job_of(dying, started.id).status is JobStatus.DONE)


def test_no_two_processes_train_at_once(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(InvalidInput, match="another training"):
        Jobs(tmp_path, Training(), FixedClock(NOW)).start(TrainingRequest())


@pytest.mark.parametrize(("days", "trains"), [(6, False), (8, True)])
def test_the_schedule_trains_when_it_is_due(
    bench: Bench, serving: Serving, monkeypatch: pytest.MonkeyPatch, days: int, *, trains: bool
) -> None:
    asked: list[TrainingRequest] = []
    bench.settings = bench.settings.model_copy(update={"retrain_every": timedelta(days=7)})
    stop, desk = threading.Event(), bench.desk(serving)

    def work(request: TrainingRequest, told: Any) -> tuple[str, bool | None]:
        asked.append(request)
        return "c", True

    monkeypatch.setattr(desk._jobs, "_work", work)
    monkeypatch.setattr(stop, "wait", lambda _seconds: stop.set())
    bench.clock.moment += timedelta(days=days)
    desk.retrain(stop)
    assert [(request.hold, request.promote) for request in asked] == ([(48.0, True)] if trains else [])
    stop.clear()
    desk.retrain(stop)
    assert len(asked) == int(trains), "an attempt counts, whatever came of it"
