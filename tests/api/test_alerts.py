"""Claims about alerts that come back from Grafana."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.dependencies import AppState
from api.routes.alerts import MAX_BYTES
from api.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, WINDOW_S
from twin.clock import Span

SECRET = "a shared secret of the tests"
PATH = "/v1/alerts/grafana"
CONTACT_POINT = Path(__file__).parents[2] / "dashboards" / "provisioning" / "alerting" / "contact-points.yaml"
Send = Callable[..., httpx.Response]


@pytest.fixture
def anonymous(state: AppState) -> Any:
    """A client without the key, of a twin that takes alerts."""
    settings = state.settings.model_copy(update={"alert_secret": SecretStr(SECRET)})
    app = create_app(replace(state, settings=settings))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def send(anonymous: TestClient) -> Send:
    """Sends a body as Grafana does: the digest of the time, a colon and the body."""

    def post(
        body: bytes, *, secret: str = SECRET, age_s: float = 0, path: str = PATH, **headers: str
    ) -> httpx.Response:
        time = str(int(datetime.now(UTC).timestamp() - age_s))
        signed = {TIMESTAMP_HEADER: time, SIGNATURE_HEADER: signature(time.encode() + b":" + body, secret)}
        sent = {"Content-Type": "application/json", **signed, **headers}
        return anonymous.post(path, content=body, headers={name: text for name, text in sent.items() if text})

    return post


def signature(content: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()


def message(status: str = "firing", **more: object) -> bytes:
    """As Grafana 13 sends it, with what is not read here."""
    ended = "0001-01-01T00:00:00Z" if status == "firing" else "2026-03-02T03:12:00.123456789Z"
    alert = {
        "status": status,
        "labels": {"alertname": "Unusual event", "severity": "warning", "event": "ev-1", "source": "foretell"},
        "annotations": {"summary": "Unusual event in reactor (process), score 3.2"},
        "startsAt": "2026-03-02T02:12:00.123456789Z",
        "endsAt": ended,
        "generatorURL": "http://localhost:3000/alerting/grafana/foretell-score/view?orgId=1",
        "fingerprint": "c6eadffa33fcdf37",
        "silenceURL": "http://localhost:3000/alerting/silence/new",
        "dashboardURL": "http://localhost:3000/d/foretell-overview?orgId=1",
        "panelURL": "http://localhost:3000/d/foretell-overview?orgId=1&viewPanel=5",
        "values": {"A": 3.2, "B": 1, "C": None},
        "valueString": "[ var='A' labels={event=ev-1} value=3.2 ]",
        "orgId": 1,
    }
    body = {"receiver": "Foretell", "status": status, "alerts": [alert | more], "groupLabels": {}, "commonLabels": {}}
    return json.dumps(body | {"version": "1", "groupKey": "{}", "truncatedAlerts": 0, "orgId": 1}).encode()


def test_a_signed_alert_is_kept(send: Send, state: AppState) -> None:
    answer = send(message())
    assert (answer.status_code, answer.json()) == (201, {"alerts": 1, "truncated": 0})
    [kept] = state.notebook.journal.notices(everything(state))
    assert (kept.name, kept.status, kept.labels["event"]) == ("Unusual event", "firing", "ev-1")
    assert kept.starts_at == datetime(2026, 3, 2, 2, 12, 0, 123456, UTC)
    assert kept.ends_at is None
    assert kept.values == {"A": 3.2, "B": 1.0}


def test_what_was_kept_is_listed_by_when_it_came(send: Send, anonymous: TestClient, state: AppState) -> None:
    send(message())
    moment = state.twin.clock.now()
    window = {"start": moment.isoformat(), "end": (moment + timedelta(seconds=1)).isoformat()}
    key = {"X-API-Key": state.api_key}
    found = anonymous.get("/v1/alerts", params=window, headers=key).json()
    assert [alert["fingerprint"] for alert in found["alerts"]] == ["c6eadffa33fcdf37"]
    assert anonymous.get("/v1/alerts", headers=key).json() == {"alerts": [], "left_out": 0}


def test_an_alert_that_is_over_is_kept_beside_the_one_that_fired(send: Send, state: AppState) -> None:
    for body in (message(), message("resolved"), message(), message("resolved")):
        assert send(body).status_code == 201
    kept = state.notebook.journal.notices(everything(state))
    assert sorted(notice.status for notice in kept) == ["firing", "resolved"]
    assert {notice.ends_at for notice in kept} == {None, datetime(2026, 3, 2, 3, 12, 0, 123456, UTC)}


FORGED = (
    {SIGNATURE_HEADER: "0" * 64},
    {SIGNATURE_HEADER: ""},
    {SIGNATURE_HEADER: "ÿ"},
    {TIMESTAMP_HEADER: ""},
    {TIMESTAMP_HEADER: "soon"},
    {TIMESTAMP_HEADER: "²"},
    {SIGNATURE_HEADER: "", "X-API-Key": "the-key-of-the-tests"},
    {SIGNATURE_HEADER: "", "Authorization": f"Bearer {SECRET}"},
)


def test_nothing_but_the_signature_opens_it(send: Send, state: AppState) -> None:
    for headers in FORGED:
        refused = send(message(), **{name: text.encode("latin-1") for name, text in headers.items()})
        assert (refused.status_code, refused.json()["type"]) == (401, "urn:foretell:signature"), headers
    assert not state.notebook.journal.notices(everything(state))


def test_another_secret_or_a_changed_body_is_refused(send: Send, anonymous: TestClient) -> None:
    assert send(message(), secret="another").status_code == 401
    time = str(int(datetime.now(UTC).timestamp()))
    headers = {TIMESTAMP_HEADER: time, SIGNATURE_HEADER: signature(time.encode() + b":" + message())}
    assert anonymous.post(PATH, content=message("resolved"), headers=headers).status_code == 401


def test_a_body_signed_without_its_time_is_refused(anonymous: TestClient) -> None:
    headers = {SIGNATURE_HEADER: signature(message())}
    assert anonymous.post(PATH, content=message(), headers=headers).status_code == 401
    headers[TIMESTAMP_HEADER] = str(int(datetime.now(UTC).timestamp()))
    assert anonymous.post(PATH, content=message(), headers=headers).status_code == 401


def test_an_old_message_cannot_be_sent_again(send: Send) -> None:
    for age_s in (WINDOW_S + 60, -WINDOW_S - 60):
        refused = send(message(), age_s=age_s)
        assert refused.status_code == 401
        assert (refused.json()["field"], refused.json()["limit"]) == (TIMESTAMP_HEADER, WINDOW_S)


def test_without_a_secret_it_says_that_it_is_switched_off(state: AppState) -> None:
    with TestClient(create_app(state)) as client:
        refused = client.post(PATH, content=message())
    assert refused.status_code == 404
    assert refused.json()["type"] == "urn:foretell:switched-off"
    assert "FORETELL_ALERT_SECRET" in refused.json()["detail"]


def test_the_signature_opens_this_one_path_and_method_only(send: Send, anonymous: TestClient) -> None:
    for path in (PATH + "/", PATH + "/x", "/v1/alerts", "//v1/alerts/grafana", "/v1/alerts/Grafana"):
        assert send(message(), path=path).json()["type"] == "urn:foretell:unauthorized", path
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        assert anonymous.request(method, PATH).status_code == 401, method


UNREADABLE = (
    (b"", "body"),
    (b"[]", "body"),
    (b"{}", "alerts"),
    (b'{"alerts": [{"status": "firing"}]}', "alerts.0.labels"),
    (b'{"alerts": [' + b"[" * 100_000, "body"),
    (message(status="pending"), "alerts.0.status"),
    (message(startsAt="yesterday"), "alerts.0.startsAt"),
    (message(startsAt="2026-03-02T02:12:00"), "alerts.0.startsAt"),
    (message(fingerprint=""), "alerts.0.fingerprint"),
    (message(labels={"a": 1}), "alerts.0.labels.a"),
    (message().replace(b'"A": 3.2,', b'"A": NaN,'), "alerts.0.values.A"),
)


def test_a_body_that_cannot_be_read_is_a_problem_that_names_the_place(send: Send) -> None:
    for body, place in UNREADABLE:
        refused = send(body)
        assert refused.status_code == 422, place
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["field"] == place


def test_a_body_that_is_too_long_is_not_read_to_its_end(send: Send) -> None:
    refused = send(message() + b" " * MAX_BYTES)
    assert (refused.status_code, refused.json()["type"]) == (413, "urn:foretell:too-large")


def test_text_that_the_database_cannot_keep_is_kept_without_it(send: Send, state: AppState) -> None:
    assert send(message(labels={"alertname": "a\0b"})).status_code == 201
    assert [notice.name for notice in state.notebook.journal.notices(everything(state))] == [
        "a\N{REPLACEMENT CHARACTER}b"
    ]


def test_the_contact_point_signs_in_the_headers_that_are_read_here() -> None:
    [point] = yaml.safe_load(CONTACT_POINT.read_text())["contactPoints"]
    [receiver] = point["receivers"]
    signing = receiver["settings"]["hmacConfig"]
    assert (signing["header"], signing["timestampHeader"]) == (SIGNATURE_HEADER, TIMESTAMP_HEADER)


def everything(state: AppState) -> Span:
    now = state.twin.clock.now()
    return Span(now - timedelta(days=1), now + timedelta(days=1))
