"""Alerts that Grafana raised: taken from its webhook contact point, and listed."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from api.bodies import read_body
from api.dependencies import AppState, AskedSpan, State
from api.openapi import problems
from api.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, check_signature
from twin.errors import InvalidInput, SwitchedOff
from twin.journal import AlertNotice

router = APIRouter(prefix="/alerts", tags=["alerts"])

MAX_BYTES = 1 << 20
MAX_ALERTS = 1000
Text = Annotated[str, AfterValidator(lambda text: text.replace("\0", "\N{REPLACEMENT CHARACTER}"))]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many, the newest ones")]


class GrafanaAlert(BaseModel):
    """One alert of a message; Grafana sends more than is read here."""

    model_config = ConfigDict(frozen=True)

    status: Literal["firing", "resolved"]
    labels: dict[Text, Text]
    annotations: dict[Text, Text] = Field(default_factory=dict)
    starts_at: AwareDatetime = Field(alias="startsAt")
    ends_at: AwareDatetime | None = Field(default=None, alias="endsAt", description="In the year 1 while it fires")
    fingerprint: Text = Field(min_length=1, max_length=200)
    values: dict[Text, Finite | None] | None = None

    def notice(self, received_at: datetime) -> AlertNotice:
        """What the journal keeps of it."""
        ended = self.ends_at is not None and self.ends_at >= self.starts_at
        return AlertNotice(
            received_at=received_at,
            status=self.status,
            name=self.labels.get("alertname", ""),
            fingerprint=self.fingerprint,
            starts_at=self.starts_at,
            ends_at=self.ends_at if ended else None,
            labels=self.labels,
            annotations=self.annotations,
            values={name: value for name, value in (self.values or {}).items() if value is not None},
        )


class GrafanaMessage(BaseModel):
    """What the webhook contact point sends."""

    model_config = ConfigDict(frozen=True)

    alerts: tuple[GrafanaAlert, ...] = Field(max_length=MAX_ALERTS)
    truncated: int = Field(default=0, alias="truncatedAlerts")


class AlertsTaken(BaseModel):
    """What became of a message."""

    model_config = ConfigDict(frozen=True)

    alerts: int = Field(description="Alerts of the message, all of which are kept now; known ones changed nothing")
    truncated: int = Field(description="Alerts that Grafana itself left out of it")


class AlertsFound(BaseModel):
    """Alerts that came in a window, oldest first."""

    alerts: tuple[AlertNotice, ...]
    left_out: int = Field(description="Older ones of the window, beyond the limit")


_ALERT = {
    "type": "object",
    "required": ["status", "labels", "startsAt", "fingerprint"],
    "properties": {
        "status": {"type": "string", "enum": ["firing", "resolved"]},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "annotations": {"type": "object", "additionalProperties": {"type": "string"}},
        "startsAt": {"type": "string", "format": "date-time"},
        "endsAt": {"type": "string", "format": "date-time"},
        "fingerprint": {"type": "string"},
        "values": {"type": ["object", "null"], "additionalProperties": {"type": ["number", "null"]}},
    },
}
_EXAMPLE = {
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Unusual event", "severity": "warning", "event": "3f2a", "asset": "reactor"},
            "annotations": {"summary": "Unusual event in reactor (process), score 3.2"},
            "startsAt": "2026-03-02T02:12:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "fingerprint": "c6eadffa33fcdf37",
            "values": {"A": 3.2, "B": 1},
        }
    ],
}
_BODY: dict[str, Any] = {
    "required": True,
    "description": "As Grafana's webhook contact point sends it; what is not named here is not read",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["alerts"],
                "properties": {
                    "alerts": {"type": "array", "items": _ALERT, "maxItems": MAX_ALERTS},
                    "truncatedAlerts": {"type": "integer"},
                },
            },
            "examples": {"an alert that fires": {"value": _EXAMPLE}},
        }
    },
}
_HEADERS = [
    {"in": "header", "name": SIGNATURE_HEADER, "required": True, "schema": {"type": "string"}},
    {"in": "header", "name": TIMESTAMP_HEADER, "required": True, "schema": {"type": "string"}},
]


@router.post(
    "/grafana",
    status_code=201,
    responses=problems(404, 413, 503),
    openapi_extra={"requestBody": _BODY, "parameters": _HEADERS, "security": []},
)
async def take_alerts(state: State, request: Request) -> AlertsTaken:
    """Keep what Grafana alerted. It needs no key, but a signature under FORETELL_ALERT_SECRET.

    Sending a message again changes nothing.
    """
    secret = _secret(state)
    body = await read_body(request, MAX_BYTES)
    check_signature(request.headers, body, secret, datetime.now(UTC))
    message = _message(body)
    await run_in_threadpool(_keep, state, message)
    return AlertsTaken(alerts=len(message.alerts), truncated=message.truncated)


@router.get("", responses=problems(503))
def list_alerts(state: State, span: AskedSpan, limit: Limit = 100) -> AlertsFound:
    """Alerts that Grafana sent in a window: when they fired and when they were over."""
    found = state.notebook.journal.notices(span)
    return AlertsFound(alerts=found[-limit:], left_out=max(0, len(found) - limit))


def _secret(state: AppState) -> str:
    secret = state.settings.alert_secret
    if secret is None or not secret.get_secret_value():
        raise SwitchedOff(
            "alerts from Grafana are not taken: FORETELL_ALERT_SECRET is not set", field="FORETELL_ALERT_SECRET"
        )
    return secret.get_secret_value()


def _message(body: bytes) -> GrafanaMessage:
    try:
        return GrafanaMessage.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "body"
        raise InvalidInput(f"{place}: {first['msg']}", field=place) from error


def _keep(state: AppState, message: GrafanaMessage) -> None:
    now = state.twin.clock.now()
    for alert in message.alerts:
        state.notebook.journal.add_notice(alert.notice(now))
