"""Bands that follow live coverage reach whoever asks, and stay on record."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.dependencies import AppState
from models.adaptation import Adapted
from twin.lifecycle import BandChange, BandReport, TagBand

from .conftest import KEY, NOW
from .test_lifecycle import Bench, active


@pytest.fixture
def bench(state: AppState, tmp_path: Path) -> Bench:
    made = Bench(state, tmp_path)
    made.add("a")
    made.add("b")
    return made


def report(version: str, factor: float) -> BandReport:
    change = BandChange(tag="level", time=NOW, old=1.0, new=factor, coverage=0.6, reason="too narrow")
    tags = (TagBand(tag="level", factor=factor), TagBand(tag="flow", factor=1.004))
    return BandReport(version=version, time=NOW, until=NOW, tags=tags, changes=(change,))


def factors(bench: Bench) -> dict[str, float]:
    assert bench.twin.model is not None
    return bench.twin.model.card.band_factors


def test_a_new_factor_is_served_and_the_live_loop_goes_on(bench: Bench) -> None:
    serving = bench.serving()
    loop = serving.loop
    assert factors(bench) == {}
    bench.registry.keep_bands(report("a", 1.5))
    assert not serving.refresh()
    assert factors(bench) == {"level": 1.5}
    assert serving.loop is loop
    bench.registry.keep_bands(report("a", 1.0))
    serving.refresh()
    assert not isinstance(bench.twin.model, Adapted)


def test_factors_of_one_version_are_not_anothers_and_wait_for_it(bench: Bench) -> None:
    bench.registry.keep_bands(report("a", 1.5))
    serving = bench.serving()
    assert factors(bench) == {"level": 1.5}
    bench.registry.promote("b", "w", "r")
    serving.refresh()
    assert (active(bench), factors(bench)) == ("b", {})
    bench.registry.rollback("w", "r")
    serving.refresh()
    assert (active(bench), factors(bench)) == ("a", {"level": 1.5})


def test_the_models_page_says_what_was_changed(bench: Bench, state: AppState) -> None:
    serving = bench.serving()
    app = create_app(replace(state, twin=bench.twin, lifecycle=bench.desk(serving)))
    with TestClient(app, headers={"X-API-Key": KEY}) as rest:
        assert rest.get("/v1/models").json()["bands"] is None
        bench.registry.keep_bands(report("a", 1.5))
        page = rest.get("/v1/models").json()["bands"]
        assert (page["version"], page["tags"][0]["factor"]) == ("a", 1.5)
        assert rest.get("/v1/models/a").json()["bands"]["changes"][0]["reason"] == "too narrow"
        assert rest.get("/v1/models/b").json()["bands"] is None


def test_a_what_if_says_whose_band_was_changed(bench: Bench, state: AppState) -> None:
    bench.registry.keep_bands(report("a", 3.0))
    serving = bench.serving()
    app = create_app(replace(state, twin=bench.twin, lifecycle=bench.desk(serving)))
    body = {"moves": [{"tag": "sp.level", "change": "by", "amount": 1}], "horizon": "PT1H"}
    with TestClient(app, headers={"X-API-Key": KEY}) as rest:
        found = rest.post("/v1/what-if", json=body).json()
    assert found["band_factors"] == {"level": 3.0}


def test_a_removed_version_leaves_no_factors(bench: Bench) -> None:
    bench.registry.keep_bands(report("b", 1.5))
    bench.registry.remove("b")
    assert bench.registry.bands("b") is None


def test_the_drift_watch_lets_the_bands_follow(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[BandReport | None] = []

    def follow(before: BandReport | None, *_: object) -> BandReport:
        asked.append(before)
        return report("a", 1.5)

    monkeypatch.setattr("models.adaptation.follow", follow)
    desk = bench.desk(bench.serving())
    desk._look_for_drift()
    assert bench.registry.bands("a") == report("a", 1.5)
    bench.clock.moment += timedelta(hours=2)
    desk._look_for_drift()
    assert asked == [None, report("a", 1.5)]


def test_a_file_that_a_setting_names_keeps_its_bands(bench: Bench) -> None:
    serving = bench.serving()
    bench.settings = bench.settings.model_copy(update={"checkpoint": Path("model.safetensors")})
    bench.desk(serving)._look_for_drift()
    assert bench.registry.bands("a") is None
