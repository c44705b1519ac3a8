"""Commands against a running Foretell: what they print, and their exit codes."""

import json
import os
import socket
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import structlog

from api.cli.ingest import _source
from api.dependencies import AppState
from api.language.stages import Answered, Stage
from api.routes.ingest import SourceStatus
from api.runfile import Run
from twin.answer import Answer, Status

SUBCOMMANDS = ["demo", "up", "ask", "what-if", "estimate", "events", "ingest import", "train", "bench", "version"]
SUBCOMMANDS += ["models list", "models show", "models promote", "models rollback", "models remove", "models jobs"]
SUBCOMMANDS += ["events judge", "events thresholds", "events undo"]
SUBCOMMANDS += ["events acknowledge", "events shelve", "events unshelve", "events label"]
SUBCOMMANDS += ["dashboards build", "db upgrade", "db check", "db url"]


def test_ask_prints_the_answer_and_its_evidence(served: Any) -> None:
    ended = served("ask", "Is all well?")
    assert ended.code == 0
    assert "You asked: Is all well?" in ended.out
    assert "Mon 02 Mar 10:00" in ended.out, "evidence on the plant's clock"


def test_json_is_alone_on_stdout(served: Any) -> None:
    for words in (["ask", "Is all well?"], ["what-if", "--move", "sp.level=+5", "--horizon", "1h"], ["events"]):
        ended = served(*words, "--json")
        assert ended.code == 0
        assert isinstance(ended.json, dict)


def test_no_answer_is_exit_code_3(served: Any, state: AppState, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask_back(*_arguments: object) -> AsyncGenerator[Stage, None]:
        answer = Answer(text="Which level?", status=Status.ASK_BACK, candidates=("level", "sp.level"))
        yield Answered(answer=answer)

    monkeypatch.setattr(type(state.interpreter), "stream", ask_back)
    ended = served("ask", "level?")
    assert ended.code == 3
    assert "level, sp.level" in ended.out


def test_what_if_prints_moves_effects_and_verdict(served: Any) -> None:
    ended = served("what-if", "--move", "sp.level=+5", "--horizon", "2h", "--start", "2026-03-02T09:00")
    assert ended.code == 0
    assert "57 %" in ended.out
    assert "Verdict: supported" in ended.out
    assert "Mon 02 Mar 09:00" in ended.out
    assert "(doubt 0.00)" in ended.out
    assert "The baseline is what was measured" in ended.out


def test_a_what_if_from_now_is_no_counterfactual(served: Any) -> None:
    ended = served("what-if", "--move", "sp.level=+5", "--horizon", "2h")
    assert "The baseline is what was measured" not in ended.out


def test_an_estimate_has_its_band_and_says_what_it_left_out(served: Any) -> None:
    ended = served("estimate", "level", "--since", "2026-03-02T09:00", "--at", "2026-03-02T10:00")
    assert ended.code == 0
    assert "level at Mon 02 Mar 10:00: " in ended.out
    assert "90 % band" in ended.out
    assert "its values after Mon 02 Mar 09:00 were left out" in ended.out
    assert served("estimate", "level", "--json").json["tag"] == "level"


def test_a_refused_scenario_is_exit_code_3(served: Any) -> None:
    ended = served("what-if", "--move", "sp.level=95", "--horizon", "1h", "--json")
    assert ended.code == 3
    assert ended.json["verdict"]["support"] == "refused"


def test_events_are_listed_on_the_plants_clock(served: Any) -> None:
    ended = served("events")
    assert ended.code == 0
    assert "Mon 02 Mar 06:00" in ended.out
    assert "ev-1" in ended.out
    assert "Nothing is known" not in ended.out


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        (["what-if", "--move", "sp.levle=+1"], "unknown-tag"),
        (["what-if", "--move", "sp.level=+10 %"], "ambiguous-tag"),
        (["what-if", "--move", "sp.level=+10 kPa"], "unit-mismatch"),
        (["what-if", "--move", "sp.level=130"], "outside-limits"),
        (["what-if", "--move", "level=55"], "invalid-input"),
        (["what-if", "--move", "sp.level=55", "--horizon", "13h"], "horizon-too-long"),
        (["what-if", "--move", "sp.level=55", "--horizon", "soon"], "invalid-input"),
        (["what-if", "--move", "sp.level=55", "--start", "2030-01-01T00:00"], "outside-data"),
        (["what-if", "--move", "sp.level=55", "--start", "2020-01-01T00:00"], "outside-retention"),
        (["events", "--start", "2030-01-01T00:00", "--end", "2030-01-02T00:00"], "outside-data"),
        (["events", "--start", "2026-03-02T08:00", "--end", "2026-03-02T08:00"], "invalid-input"),
        (["ask", "x", "--at", "teatime"], "invalid-input"),
        (["ask", ""], "invalid-input"),
    ],
)
def test_bad_input_is_exit_code_1_a_sentence_and_a_problem(served: Any, words: list[str], slug: str) -> None:
    ended = served(*words, "--json")
    assert ended.code == 1
    assert ended.json["type"] == f"urn:foretell:{slug}"
    assert ended.json["detail"].split(";")[0][:30] in ended.err.replace("\n", " ")
    assert "Traceback" not in ended.err


def test_a_wrong_key_is_said(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETELL_API_KEY", "wrong")
    ended = served("events", "--json")
    assert (ended.code, ended.json["status"]) == (1, 401)


def test_a_foretell_that_is_away_is_said(foretell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETELL_URL", "http://127.0.0.1:9")
    ended = foretell("events")
    assert ended.code == 1
    assert "127.0.0.1:9" in ended.err


def test_the_running_one_is_found_through_its_file(
    served: Any, state: AppState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Run(url=os.environ["FORETELL_URL"], key=state.api_key).announce(tmp_path / ".foretell")
    monkeypatch.delenv("FORETELL_URL")
    monkeypatch.delenv("FORETELL_API_KEY")
    assert served("events").code == 0


def test_without_data_it_is_said_how_to_begin(foretell: Any) -> None:
    ended = foretell("ask", "Is all well?", "--json")
    assert ended.code == 1
    assert "foretell demo" in ended.err
    assert ended.json["type"] == "urn:foretell:configuration"


def test_a_setting_that_cannot_be_read_is_named(foretell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETELL_PORT", "eight")
    ended = foretell("events")
    assert ended.code == 1
    assert "FORETELL_PORT" in ended.err


def test_an_unreachable_database_is_said_without_its_password(foretell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORETELL_DATABASE_URL", "postgresql://user:hunter2@127.0.0.1:9/foretell")
    for words in (["db", "check"], ["db", "upgrade"], ["events"], ["ingest", "import", "x.csv"]):
        ended = foretell(*words, "--json")
        assert ended.code == 1, words
        assert ended.json["type"] == "urn:foretell:store-unavailable"
        assert "127.0.0.1:9" in ended.err
        assert "hunter2" not in ended.err + ended.out


def test_a_port_in_use_is_said(foretell: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        for words in (["demo", "--once", "--port", port], ["up", "--port", port]):
            ended = foretell(*words, "--json")
            assert ended.code == 1
            assert ended.json["field"] == "FORETELL_PORT"
            assert port in ended.err


def test_an_open_host_without_a_key_is_refused(foretell: Any) -> None:
    ended = foretell("up", "--host", "0.0.0.0")
    assert ended.code == 1
    assert "FORETELL_API_KEY" in ended.err


@pytest.mark.parametrize("command", ["", *SUBCOMMANDS])
def test_every_command_explains_itself_with_examples(foretell: Any, command: str) -> None:
    ended = foretell(*command.split(), "--help")
    assert ended.code == 0
    assert "foretell " in ended.out
    if command and command != "version":
        assert "Examples:" in ended.out
        assert "--json" in ended.out


def test_the_version_is_json_too(foretell: Any) -> None:
    assert list(foretell("version", "--json").json) == ["version"]


def test_a_wrong_option_is_exit_code_2(foretell: Any) -> None:
    assert foretell("what-if", "--mvoe", "x").code == 2


def test_dashboards_are_written(foretell: Any, tmp_path: Path) -> None:
    ended = foretell("dashboards", "build", "--out", str(tmp_path / "out"), "--json")
    assert ended.code == 0
    for path in ended.json["written"]:
        assert Path(path).stat().st_size > 0
    assert json.loads((tmp_path / "out/dashboards/overview.json").read_text())


def test_the_status_of_ingest_is_told_line_by_line() -> None:
    counts = {"accepted": 44, "duplicates": 2, "corrected": 1, "late": 3, "thinned": 0, "dropped": 0, "read": 49}
    source = SourceStatus(
        name="line",
        connected=False,
        rate=0.5,
        lag_s=12.34,
        skew_s=-90.0,
        skewed=True,
        rejected={"unknown tag": 2},
        waiting=0,
        spooled=7,
        last_write=None,
        last_error="broker away",
        last_error_at=None,
        **counts,
    )
    said = _source(source)
    assert "line: not connected (broker away), 0.5 samples/s, lag 12.3 s, skew -90.0 s, beyond its limit" in said
    assert "44 stored, 2 there already, 1 corrected, 3 late" in said
    assert "rejected: 2 unknown tag; waiting: 0; spooled: 7" in said


def test_log_lines_leave_stdout_to_the_answer(foretell, capsys):
    foretell("version")
    structlog.get_logger("any").warning("something happened")
    said = capsys.readouterr()
    assert (said.out, "something happened" in said.err) == ("", True)
