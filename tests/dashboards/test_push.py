"""A Grafana that one already has: what `push`, `diff`, `pull` and `annotate` do to it, over real HTTP.

There is no Grafana here: every request is checked by a description of its API, and a fake that keeps state answers.
"""

import copy
import json
import socket
import ssl
import threading
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from typer.testing import CliRunner

from api.cli.app import app
from dashboards.client import wanted
from dashboards.client.annotate import Done
from dashboards.client.desk import GrafanaDesk
from dashboards.client.pieces import State
from dashboards.publish import dashboards
from twin.clock import Span
from twin.errors import ConfigurationError, GrafanaRefused, GrafanaUnavailable, InvalidInput, NotFound
from twin.event import Severity
from twin.settings import Settings

from .fake_grafana import READER, TOKEN, Dashboard, FakeGrafana, serving
from .plant_data import frame

SECRET = "a shared secret of the tests"
UIDS = [made["uid"] for made in dashboards().values()]
EVERYTHING = len(UIDS) + 6


@pytest.fixture
def grafana():
    """An empty Grafana; at the end nothing may have come or gone that its API does not describe."""
    with serving(FakeGrafana()) as fake:
        yield fake
        assert not fake.violations


def desk(grafana, **more):
    given = {
        "grafana_url": grafana.url,
        "grafana_token": TOKEN,
        "grafana_db_host": "timescaledb:5432",
        "grafana_db_password": "secret",
        "console_url": "https://foretell.example/",
        "alert_secret": SECRET,
    }
    return GrafanaDesk(Settings(_env_file=None, **{**given, **more}))


def states(things):
    return {(thing.kind, thing.name): thing.state for thing in things}


@pytest.fixture(scope="module")
def state_after_a_push():
    with serving(FakeGrafana()) as fake:
        list(desk(fake).push())
    fake.written.clear()
    return fake


@pytest.fixture
def pushed(state_after_a_push):
    """A Grafana after a push."""
    with serving(copy.deepcopy(state_after_a_push)) as fake:
        yield fake
        assert not fake.violations


def test_an_empty_grafana_gets_everything(grafana):
    found = states(desk(grafana).push())
    assert len(found) == EVERYTHING
    assert set(found.values()) == {State.MISSING}
    assert list(grafana.dashboards) == UIDS
    assert {made.folder for made in grafana.dashboards.values()} == {"foretell"}
    [group] = grafana.groups.values()
    assert len(group["rules"]) == 5
    [point] = grafana.contact_points.values()
    assert point["settings"]["url"] == "https://foretell.example/v1/alerts/grafana"
    assert point["settings"]["hmacConfig"]["secret"] == SECRET
    [source] = grafana.data_sources.values()
    assert (source["url"], source["jsonData"]["database"]) == ("timescaledb:5432", "foretell")
    assert source["secureJsonData"] == {"password": "secret"}
    assert source["isDefault"] is False


def test_links_lead_to_the_console_that_was_named(pushed):
    for made in pushed.dashboards.values():
        [console] = [item for item in made.content["templating"]["list"] if item["name"] == "console"]
        assert console["query"] == "https://foretell.example"
        assert made.content["editable"] is True
    [group] = pushed.groups.values()
    assert all(rule["annotations"]["runbook_url"].startswith("https://foretell.example/") for rule in group["rules"])


def test_pushing_again_writes_nothing(pushed):
    assert set(states(desk(pushed).push()).values()) == {State.SAME}
    assert not pushed.written


def test_a_dry_run_writes_nothing(grafana):
    assert set(states(desk(grafana).compare()).values()) == {State.MISSING}
    assert not grafana.written


def test_a_dashboard_edited_by_hand_is_left_alone(pushed):
    pushed.edit(UIDS[0], title="Mine")
    found = states(desk(pushed).push())
    assert found.pop(("dashboard", UIDS[0])) is State.EDITED
    assert set(found.values()) == {State.SAME}
    assert not pushed.written
    assert pushed.dashboards[UIDS[0]].content["title"] == "Mine"


def test_force_replaces_a_dashboard_edited_by_hand(pushed):
    pushed.edit(UIDS[0], title="Mine")
    list(desk(pushed).push(force=True))
    assert pushed.dashboards[UIDS[0]].content["title"] != "Mine"
    assert set(states(desk(pushed).compare()).values()) == {State.SAME}


def test_a_dashboard_of_somebody_elses_under_our_uid_counts_as_edited_by_hand(grafana):
    grafana.folders["general"] = "General"
    made = {"uid": UIDS[0], "title": "Theirs", "panels": [], "schemaVersion": 41}
    grafana.dashboards[UIDS[0]] = Dashboard(made, "general", ["first"])
    assert states(desk(grafana).push())["dashboard", UIDS[0]] is State.EDITED
    assert grafana.dashboards[UIDS[0]].content["title"] == "Theirs"


def test_a_dashboard_that_the_code_changed_is_updated(pushed, monkeypatch):
    def newer():
        return {name: made | {"description": "newer"} for name, made in dashboards().items()}

    monkeypatch.setattr(wanted, "dashboards", newer)
    found = states(desk(pushed).push())
    assert {found["dashboard", uid] for uid in UIDS} == {State.OLDER}
    assert {made.content["description"] for made in pushed.dashboards.values()} == {"newer"}


def test_a_save_between_looking_and_saving_is_not_overwritten(pushed, monkeypatch):
    monkeypatch.setattr(wanted, "dashboards", lambda: {"one": dashboards()["overview"] | {"description": "newer"}})
    at_work = desk(pushed)
    save = at_work.grafana.save_dashboard

    def somebody_saves_first(*args, **named):
        pushed.edit(UIDS[0], title="Mine")
        save(*args, **named)

    monkeypatch.setattr(at_work.grafana, "save_dashboard", somebody_saves_first)
    with pytest.raises(GrafanaRefused, match="newer version"):
        list(at_work.push())
    assert pushed.dashboards[UIDS[0]].content["title"] == "Mine"


def test_a_dashboard_provisioned_from_a_file_is_left_alone_even_by_force(pushed):
    pushed.edit(UIDS[0])
    pushed.dashboards[UIDS[0]].provisioned = True
    assert states(desk(pushed).push(force=True))["dashboard", UIDS[0]] is State.PROVISIONED


def test_differences_name_the_field_and_both_values(pushed):
    pushed.edit(UIDS[0], title="Mine", weekStart="monday")
    [thing] = [thing for thing in desk(pushed).compare() if thing.state is State.EDITED]
    told = [str(item) for item in thing.differences]
    assert told == ['title: "Mine" -> "Foretell: plant overview"', 'weekStart: "monday" -> nothing']


def test_pull_writes_what_was_edited_by_hand(pushed, tmp_path):
    pushed.edit(UIDS[1], title="Mine")
    assert list(desk(pushed).pull([], tmp_path)) == [tmp_path / f"{UIDS[1]}.json"]
    pulled = json.loads((tmp_path / f"{UIDS[1]}.json").read_text())
    assert pulled == pushed.dashboards[UIDS[1]].content
    assert pulled["title"] == "Mine"


def test_pull_does_not_overwrite_another_file_unless_forced(pushed, tmp_path):
    path = tmp_path / f"{UIDS[0]}.json"
    path.write_text("mine")
    with pytest.raises(InvalidInput, match="holds something else"):
        list(desk(pushed).pull([UIDS[0]], tmp_path))
    assert path.read_text() == "mine"
    assert list(desk(pushed).pull([UIDS[0]], tmp_path, force=True)) == [path]
    with pytest.raises(NotFound, match="no dashboard nothing"):
        list(desk(pushed).pull(["nothing"], tmp_path))


def test_a_rule_that_was_changed_is_brought_back_and_another_one_goes(pushed):
    [group] = pushed.groups.values()
    group["rules"][0]["for"] = "1h"
    group["rules"].append(group["rules"][0] | {"uid": "theirs"})
    [thing] = [thing for thing in desk(pushed).push() if thing.state is not State.SAME]
    told = [str(item) for item in thing.differences]
    assert told == ['foretell-score.for: "1h" -> "0s"', 'theirs: "a rule" -> nothing']
    [group] = pushed.groups.values()
    assert [rule["for"] for rule in group["rules"] if rule["uid"] == "foretell-score"] == ["0s"]
    assert len(group["rules"]) == 5


def test_rules_provisioned_from_a_file_are_left_alone(pushed):
    [group] = pushed.groups.values()
    group["rules"][0] |= {"provenance": "file", "title": "Theirs"}
    assert states(desk(pushed).push(force=True))["alert rules", "foretell"] is State.PROVISIONED
    assert group["rules"][0]["title"] == "Theirs"


def test_other_branches_of_the_policy_stay_behind_ours(grafana):
    theirs = {"receiver": "email", "object_matchers": [["team", "=", "ops"]]}
    grafana.policies = {"receiver": "email", "group_by": ["alertname"], "repeat_interval": "4h", "routes": [theirs]}
    list(desk(grafana).push())
    ours, *others = grafana.policies["routes"]
    assert ours["receiver"] == "Foretell"
    assert ours["continue"] is True
    assert others == [theirs]
    assert grafana.policies["repeat_interval"] == "4h"
    assert "provenance" not in grafana.policies, "people could not change it any more"


def test_a_policy_that_tools_keep_stays_theirs(grafana):
    grafana.policies = {"receiver": "email", "provenance": "api"}
    list(desk(grafana).push())
    assert grafana.policies["provenance"] == "api"
    assert grafana.policies["routes"][0]["receiver"] == "Foretell"


def test_a_new_secret_is_written_by_force_only(pushed):
    renewed = {"alert_secret": "a new one of the tests", "grafana_db_password": "new"}
    assert set(states(desk(pushed, **renewed).push()).values()) == {State.SAME}
    list(desk(pushed, **renewed).push(force=True))
    assert pushed.contact_points["foretell-webhook"]["settings"]["hmacConfig"]["secret"] == "a new one of the tests"
    assert pushed.data_sources["foretell"]["secureJsonData"] == {"password": "new"}


def test_without_a_secret_no_alert_is_sent_and_the_policy_stays(grafana):
    without = desk(grafana, alert_secret=None)
    found = states(without.push())
    assert not without.alerts_are_sent
    assert {"contact point", "notification policy"} & {kind for kind, _ in found} == set()
    assert grafana.policies == FakeGrafana().policies


def test_a_data_source_that_is_there_is_used_and_a_missing_one_is_said_before_anything_is_written(grafana):
    with pytest.raises(ConfigurationError, match="FORETELL_GRAFANA_DB_HOST"):
        list(desk(grafana, grafana_db_host=None).push())
    assert not grafana.written
    grafana.data_sources["foretell"] = {"uid": "foretell", "name": "Theirs", "isDefault": True}
    list(desk(grafana, grafana_db_host=None).push())
    assert grafana.data_sources["foretell"]["name"] == "Theirs"


def test_whether_our_data_source_is_the_default_is_theirs_to_say(pushed):
    pushed.data_sources["foretell"] |= {"isDefault": True, "url": "elsewhere:5432"}
    list(desk(pushed).push())
    assert pushed.data_sources["foretell"]["isDefault"] is True
    assert pushed.data_sources["foretell"]["url"] == "timescaledb:5432"


@pytest.mark.parametrize(
    ("settings", "error", "told"),
    [
        ({"grafana_token": "wrong"}, GrafanaRefused, "does not accept the token"),
        ({"grafana_token": READER}, GrafanaRefused, "give it the role Admin"),
        ({"grafana_token": None}, ConfigurationError, "FORETELL_GRAFANA_TOKEN"),
        ({"grafana_url": None}, ConfigurationError, "FORETELL_GRAFANA_URL"),
        ({"grafana_url": "grafana:3000"}, ConfigurationError, "no address of a Grafana"),
        ({"grafana_db_password": None}, ConfigurationError, "FORETELL_GRAFANA_DB_PASSWORD"),
    ],
)
def test_what_is_wrong_with_address_token_or_rights_is_said(grafana, settings, error, told):
    with pytest.raises(error, match=told):
        list(desk(grafana, **settings).push())
    assert not grafana.written


def test_a_grafana_that_is_too_old_is_refused(grafana):
    for version in ("12.0.0", ""):
        grafana.version = version
        assert desk(grafana).version == version
    grafana.version = "11.6.4"
    with pytest.raises(GrafanaUnavailable, match=r"the oldest that will do is 12\.0"):
        desk(grafana)


def test_something_else_behind_the_address_is_no_grafana():
    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path.startswith("/site") else 404)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html></html>")

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        for path in ("/site", ""):
            url = f"http://127.0.0.1:{server.server_port}{path}"
            with pytest.raises(GrafanaUnavailable, match="not as a Grafana does"):
                desk(FakeGrafana(url=url))
        server.shutdown()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a certificate for 127.0.0.1 that nobody else signed, and its key."""
    key, moment = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Grafana of the tests")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "grafana.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return path


def test_a_certificate_that_is_not_trusted_is_said_and_its_authority_can_be_named(certificate):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with serving(FakeGrafana(), tls) as fake:
        with pytest.raises(GrafanaUnavailable, match="--ca"):
            desk(fake)
        settings = Settings(_env_file=None, grafana_url=fake.url, grafana_token=TOKEN)
        assert GrafanaDesk(settings, ca=certificate).version == fake.version


def test_nothing_behind_the_address_is_said():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(GrafanaUnavailable, match="does not answer"):
            desk(FakeGrafana(url=url))


NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WINDOW = Span(NOW - timedelta(days=1), NOW)


def annotated(grafana, *events, span=WINDOW, plant="small", **more):
    return {item.event: item.done for item in desk(grafana).annotate(plant, span, events, **more)}


def test_an_event_is_annotated_when_it_opens_closes_and_is_corrected(grafana):
    event = frame("ev-1", NOW - timedelta(hours=3), None)
    assert annotated(grafana, event) == {"ev-1": Done.ADDED}
    [note] = grafana.annotations.values()
    assert note["time"] == note["timeEnd"] == (NOW - timedelta(hours=3)).timestamp() * 1000
    assert note["tags"] == ["event:ev-1", "foretell", "high", "plant:small", "process"]
    assert note["text"] == "level left its prediction (ev-1)\nhttps://foretell.example/events/ev-1"
    assert annotated(grafana, event) == {"ev-1": Done.SAME}

    closed = event.model_copy(update={"end": NOW - timedelta(hours=1)})
    assert annotated(grafana, closed) == {"ev-1": Done.CHANGED}
    corrected = closed.model_copy(update={"severity": Severity.LOW, "start": NOW - timedelta(hours=4)})
    assert annotated(grafana, corrected) == {"ev-1": Done.CHANGED}
    [note] = grafana.annotations.values()
    assert (note["time"], note["timeEnd"]) == tuple(
        (NOW - timedelta(hours=hours)).timestamp() * 1000 for hours in (4, 1)
    )
    assert "low" in note["tags"]
    assert annotated(grafana, corrected) == {"ev-1": Done.SAME}


def test_an_event_that_was_none_is_taken_back_and_those_of_others_stay(grafana):
    event = frame("ev-1", NOW - timedelta(hours=3), NOW - timedelta(hours=2))
    annotated(grafana, event)
    annotated(grafana, event, plant="another & plant #2")
    moment = int((NOW - timedelta(hours=2)).timestamp() * 1000)
    by_hand = {"id": 99, "tags": ["foretell", "plant:small"], "text": "by hand", "time": moment, "timeEnd": moment}
    grafana.annotations[99] = by_hand
    assert annotated(grafana) == {"ev-1": Done.TAKEN_BACK}
    assert sorted(note["text"] for note in grafana.annotations.values()) == [
        "by hand",
        "level left its prediction (ev-1)\nhttps://foretell.example/events/ev-1",
    ]


def test_what_lies_outside_the_window_is_not_touched(grafana):
    long_ago = frame("old", NOW - timedelta(days=3), NOW - timedelta(days=2))
    into = frame("into", NOW - timedelta(days=2), NOW - timedelta(hours=20))
    going_on = frame("open", NOW - timedelta(days=2), None)
    whole = Span(NOW - timedelta(days=4), NOW)
    annotated(grafana, long_ago, into, going_on, span=whole)
    grafana.written.clear()
    assert annotated(grafana, into, going_on) == {"into": Done.SAME, "open": Done.SAME}
    assert annotated(grafana, going_on) == {"open": Done.SAME}
    assert not grafana.written


def test_a_dry_run_annotates_nothing(grafana):
    event = frame("ev-1", NOW - timedelta(hours=3), None)
    assert annotated(grafana, event, dry_run=True) == {"ev-1": Done.ADDED}
    assert not grafana.annotations
    annotated(grafana, event)
    grafana.written.clear()
    assert annotated(grafana, dry_run=True) == {"ev-1": Done.TAKEN_BACK}
    assert not grafana.written


@pytest.fixture
def command(grafana, monkeypatch):
    """The command line, with its settings in the environment."""
    given = {
        "FORETELL_GRAFANA_URL": grafana.url,
        "FORETELL_GRAFANA_TOKEN": TOKEN,
        "FORETELL_GRAFANA_DB_HOST": "timescaledb:5432",
        "FORETELL_GRAFANA_DB_PASSWORD": "secret",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    def run(*arguments):
        return CliRunner().invoke(app, ["dashboards", *arguments])

    return run


def test_the_command_says_what_it_did_and_by_its_exit_code_what_it_left_alone(grafana, command):
    first = command("push", "--dry-run")
    assert (first.exit_code, first.stdout.splitlines()[0]) == (0, "data source foretell: would be made")
    assert not grafana.written
    done = command("push")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "data source foretell: made")
    assert "FORETELL_ALERT_SECRET is not set" in done.stderr

    grafana.edit(UIDS[0], title="Mine")
    again = command("push", "--json")
    assert again.exit_code == 4
    [left] = [thing for thing in json.loads(again.stdout)["things"] if thing["state"] != "same"]
    assert left == {"kind": "dashboard", "name": UIDS[0], "state": "edited by hand", "changed": False}


def test_the_command_shows_differences_and_fetches_what_was_edited(grafana, command, tmp_path):
    command("push")
    assert command("diff").exit_code == 0
    grafana.edit(UIDS[0], title="Mine")
    differing = command("diff", UIDS[0])
    assert differing.exit_code == 4
    assert differing.stdout.splitlines() == [
        f"dashboard {UIDS[0]}: edited by hand",
        '  title: "Mine" -> "Foretell: plant overview"',
    ]
    pulled = command("pull", "--out", str(tmp_path), "--json")
    assert json.loads(pulled.stdout) == {"written": [str(tmp_path / f"{UIDS[0]}.json")]}


def test_an_error_is_a_sentence(command):
    assert isinstance(command("push", "--token", "wrong").exception, GrafanaRefused)
    assert isinstance(command("diff", "--url", "http://127.0.0.1:9").exception, GrafanaUnavailable)


class FakeApi:
    """A Foretell with one event, as a command reaches it."""

    zone = ZoneInfo("Europe/Berlin")

    def get(self, path, kind, params=None):
        window = {"start": NOW - timedelta(days=1), "end": NOW, "text": "the last 24 h"}
        event = frame("ev-1", NOW - timedelta(hours=3), None)
        scored = {"expected_rows": 1, "scored_rows": 1, "scored": 1.0, "highest_score": 1.0, "latest_score": 1.0}
        plant = {"description": "", "time_zone": "UTC", "step": 180, "night_shift": "n", "shifts": (), "assets": ()}
        return {
            "/v1/events": lambda: kind(window=window, anomalies=(event,), explained=(), moves=(), **scored),
            "/v1/plant": lambda: kind(name="small", tags=0, movable=(), **plant),
        }[path]()


def test_the_command_annotates_the_events_of_the_foretell_that_it_reaches(grafana, command, monkeypatch):
    monkeypatch.setattr("api.cli.grafana.connect", lambda settings: nullcontext(FakeApi()))
    assert command("annotate").stdout == "event ev-1: added\n"
    assert json.loads(command("annotate", "--json").stdout)["annotations"] == [{"event": "ev-1", "done": "same"}]
    [note] = grafana.annotations.values()
    assert {"plant:small", "event:ev-1"} <= set(note["tags"])
