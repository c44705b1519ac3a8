"""A Grafana that keeps what it is sent, over real HTTP, checked on both sides by the description of its API.

What it takes and what it answers is validated against grafana_api.yaml; anything that does not fit is kept in
`violations`, which the fixture that makes it wants empty.
"""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

TOKEN = "the-token-of-the-tests"
DESCRIPTION = Path(__file__).parent / "grafana_api.yaml"
READER = "a-token-that-may-only-read"
Json = dict[str, Any]
Answer = tuple[int, Any]


@cache
def description() -> OpenAPI:
    return OpenAPI.from_dict(yaml.safe_load(DESCRIPTION.read_text()), config=Config(spec_validator_cls=None))


@dataclass
class Dashboard:
    content: Json
    folder: str
    messages: list[str]
    provisioned: bool = False

    @property
    def version(self) -> int:
        return len(self.messages)


@dataclass
class FakeGrafana:
    """Its state, which tests may look at and change as people would in the browser."""

    version: str = "13.2.3"
    folders: dict[str, str] = field(default_factory=dict)
    dashboards: dict[str, Dashboard] = field(default_factory=dict)
    data_sources: dict[str, Json] = field(default_factory=dict)
    contact_points: dict[str, Json] = field(default_factory=dict)
    policies: Json = field(default_factory=lambda: {"receiver": "email", "group_by": ["alertname"]})
    groups: dict[tuple[str, str], Json] = field(default_factory=dict)
    annotations: dict[int, Json] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    url: str = ""

    def edit(self, uid: str, **fields: object) -> None:
        """Change a dashboard as somebody does it in the browser."""
        found = self.dashboards[uid]
        found.content |= fields
        found.messages.append("")

    def answer(self, method: str, path: str, query: Json, headers: Json, body: Any) -> Answer:
        """What Grafana does with a request whose token was accepted."""
        parts = path.strip("/").split("/")
        for (wanted, pattern), handle in HANDLERS.items():
            named = _matched(pattern.split("/"), parts)
            if wanted == method and named is not None:
                return handle(self, **named, query=query, headers=headers, body=body)
        return 404, {"message": "Not found"}

    def new_id(self) -> int:
        return max(self.annotations, default=0) + 1


def _matched(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    named = {}
    for expected, given in zip(pattern, parts, strict=True):
        if expected.startswith("{"):
            named[expected.strip("{}")] = given
        elif expected != given:
            return None
    return named


HANDLERS: dict[tuple[str, str], Callable[..., Answer]] = {}


def on(method: str, pattern: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    def register(handle: Callable[..., Answer]) -> Callable[..., Answer]:
        HANDLERS[method, pattern] = handle
        return handle

    return register


@on("GET", "folders/{uid}")
def get_folder(self: FakeGrafana, uid: str, **_: Any) -> Answer:
    if uid not in self.folders:
        return 404, {"message": "folder not found"}
    return 200, {"uid": uid, "title": self.folders[uid]}


@on("POST", "folders")
def create_folder(self: FakeGrafana, body: Json, **_: Any) -> Answer:
    if body["uid"] in self.folders:
        return 409, {"message": "a folder with that uid exists"}
    self.folders[body["uid"]] = body["title"]
    return 200, body


@on("GET", "dashboards/uid/{uid}")
def get_dashboard(self: FakeGrafana, uid: str, **_: Any) -> Answer:
    found = self.dashboards.get(uid)
    if found is None:
        return 404, {"message": "Dashboard not found"}
    numbers = {"id": 1 + list(self.dashboards).index(uid), "version": found.version}
    return 200, {"dashboard": found.content | numbers, "meta": {"provisioned": found.provisioned, **numbers}}


@on("GET", "dashboards/uid/{uid}/versions")
def get_versions(self: FakeGrafana, uid: str, query: Json, **_: Any) -> Answer:
    messages = list(enumerate(self.dashboards[uid].messages, 1))[::-1]
    limit = int(query["limit"][0])
    return 200, {"versions": [{"version": number, "message": text} for number, text in messages[:limit]]}


@on("POST", "dashboards/db")
def post_dashboard(self: FakeGrafana, body: Json, **_: Any) -> Answer:
    if body["folderUid"] not in self.folders:
        return 400, {"message": "folder not found"}
    made, uid = body["dashboard"], body["dashboard"]["uid"]
    found = self.dashboards.get(uid)
    if found is not None and found.provisioned:
        return 400, {"message": "Cannot save provisioned dashboard"}
    if found is not None and not body["overwrite"] and made.get("version") != found.version:
        return 412, {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"}
    messages = [*(found.messages if found else ()), body["message"]]
    content = {name: value for name, value in made.items() if name not in {"id", "version"}}
    self.dashboards[uid] = Dashboard(content, body["folderUid"], messages)
    told = {"id": 1, "status": "success", "title": made["title"], "uid": uid, "url": f"/d/{uid}"}
    return 200, told | {"version": len(messages)}


@on("GET", "datasources/uid/{uid}")
def get_data_source(self: FakeGrafana, uid: str, **_: Any) -> Answer:
    found = self.data_sources.get(uid)
    if found is None:
        return 404, {"message": "Data source not found"}
    secrets = found.get("secureJsonData", {})
    shown = {name: value for name, value in found.items() if name != "secureJsonData"}
    return 200, {"id": 7, "orgId": 1, "readOnly": False, **shown, "secureJsonFields": dict.fromkeys(secrets, True)}


@on("POST", "datasources")
def add_data_source(self: FakeGrafana, body: Json, **_: Any) -> Answer:
    self.data_sources[body["uid"]] = body
    return 200, {"id": 7, "message": "Datasource added", "name": body["name"]}


@on("PUT", "datasources/uid/{uid}")
def put_data_source(self: FakeGrafana, uid: str, body: Json, **_: Any) -> Answer:
    self.data_sources[uid] = body
    return 200, {"id": 7, "message": "Datasource updated", "name": body["name"]}


@on("GET", "v1/provisioning/contact-points")
def get_contact_points(self: FakeGrafana, **_: Any) -> Answer:
    return 200, [_redacted(point) for point in self.contact_points.values()]


@on("POST", "v1/provisioning/contact-points")
def post_contact_point(self: FakeGrafana, body: Json, **_: Any) -> Answer:
    if body["uid"] in self.contact_points:
        return 409, {"message": "a contact point with that uid exists"}
    self.contact_points[body["uid"]] = body | {"provenance": "api"}
    return 202, body


@on("PUT", "v1/provisioning/contact-points/{uid}")
def put_contact_point(self: FakeGrafana, uid: str, body: Json, **_: Any) -> Answer:
    self.contact_points[uid] = body | {"provenance": "api"}
    return 202, {"message": "contactpoint updated"}


@on("GET", "v1/provisioning/policies")
def get_policies(self: FakeGrafana, **_: Any) -> Answer:
    return 200, self.policies


@on("PUT", "v1/provisioning/policies")
def put_policies(self: FakeGrafana, body: Json, headers: Json, **_: Any) -> Answer:
    known = {"email", *(point["name"] for point in self.contact_points.values())}
    unknown = {branch["receiver"] for branch in body.get("routes", ())} - known
    if unknown:
        return 400, {"message": f"receiver {unknown.pop()} does not exist"}
    provenance = "" if headers.get("x-disable-provenance") else "api"
    if self.policies.get("provenance", "") not in {"", provenance}:
        return 400, {"message": f"cannot change provenance from '{self.policies['provenance']}' to '{provenance}'"}
    self.policies = body | ({"provenance": provenance} if provenance else {})
    return 202, {"message": "policies updated"}


@on("GET", "v1/provisioning/folder/{folder}/rule-groups/{group}")
def get_rules(self: FakeGrafana, folder: str, group: str, **_: Any) -> Answer:
    found = self.groups.get((folder, group))
    return (404, {"message": "rule group not found"}) if found is None else (200, found)


@on("PUT", "v1/provisioning/folder/{folder}/rule-groups/{group}")
def put_rules(self: FakeGrafana, folder: str, group: str, body: Json, **_: Any) -> Answer:
    if folder not in self.folders:
        return 400, {"message": "folder does not exist"}
    added = {"id": 3, "updated": "2026-03-02T02:00:00Z", "provenance": "api"}
    self.groups[folder, group] = body | {"rules": [rule | added for rule in body["rules"]]}
    return 200, self.groups[folder, group]


@on("GET", "annotations")
def get_annotations(self: FakeGrafana, query: Json, **_: Any) -> Answer:
    start, end, wanted = int(query["from"][0]), int(query["to"][0]), set(query.get("tags", ()))
    found = [
        note
        for note in self.annotations.values()
        if note["time"] <= end and note["timeEnd"] >= start and wanted <= set(note["tags"])
    ]
    return 200, sorted(found, key=lambda note: -note["time"])[: int(query["limit"][0])]


@on("POST", "annotations")
def post_annotation(self: FakeGrafana, body: Json, **_: Any) -> Answer:
    identity = self.new_id()
    self.annotations[identity] = {"id": identity, **body}
    return 200, {"id": identity, "message": "Annotation added"}


@on("PATCH", "annotations/{identity}")
def patch_annotation(self: FakeGrafana, identity: str, body: Json, **_: Any) -> Answer:
    if int(identity) not in self.annotations:
        return 404, {"message": "Annotation not found"}
    self.annotations[int(identity)] |= body
    return 200, {"message": "Annotation patched"}


@on("DELETE", "annotations/{identity}")
def delete_annotation(self: FakeGrafana, identity: str, **_: Any) -> Answer:
    if self.annotations.pop(int(identity), None) is None:
        return 404, {"message": "Annotation not found"}
    return 200, {"message": "Annotation deleted"}


def _redacted(point: Json) -> Json:
    settings = point["settings"]
    hidden = settings["hmacConfig"] | {"secret": "[REDACTED]"}
    return point | {"settings": settings | {"hmacConfig": hidden}}


class Handler(BaseHTTPRequestHandler):
    """One request: token, description, state, description."""

    protocol_version = "HTTP/1.1"
    grafana: FakeGrafana

    def handle_any(self) -> None:
        """Answer it, and note what does not fit the description."""
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        status, told = self._answer(parts.path, parse_qs(parts.query), raw)
        text = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, path: str, query: Json, raw: bytes) -> Answer:
        if path == "/api/health":
            return 200, {"database": "ok", "version": self.grafana.version}
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in {TOKEN, READER}:
            return 401, {"message": "Invalid API key"}
        if token == READER and self.command != "GET":
            return 403, {"message": "You'll need additional permissions to perform this action"}
        request = self._request(path, query, raw)
        try:
            description().validate_request(request)
        except OpenAPIError as error:
            self.grafana.violations.append(f"{self.command} {path}: {_why(error)}")
            return 400, {"message": "bad request data"}
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(raw) if raw else None
        if self.command != "GET":
            self.grafana.written.append(f"{self.command} {path}")
        status, told = self.grafana.answer(self.command, path.removeprefix("/api"), query, headers, body)
        try:
            response = MockResponse(json.dumps(told).encode(), status, content_type="application/json")
            description().validate_response(request, response)
        except OpenAPIError as error:
            self.grafana.violations.append(f"answer {status} to {self.command} {path}: {_why(error)}")
        return status, told

    def _request(self, path: str, query: Json, raw: bytes) -> MockRequest:
        return MockRequest(
            "http://grafana",
            self.command.lower(),
            path,
            args=[(name, value) for name, values in query.items() for value in values],
            headers=dict(self.headers.items()),
            data=raw,
            content_type=self.headers.get("content-type", "").partition(";")[0],
        )


for verb in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    setattr(Handler, f"do_{verb}", Handler.handle_any)


def _why(error: BaseException) -> str:
    told = [str(error)]
    told += [str(item.message) for item in getattr(error.__cause__, "schema_errors", ())]
    return "; ".join(told)


@contextmanager
def serving(grafana: FakeGrafana, tls: ssl.SSLContext | None = None) -> Iterator[FakeGrafana]:
    """The fake on a port of its own."""
    handler = type("BoundHandler", (Handler,), {"grafana": grafana})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        grafana.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_address[1]}"
        try:
            yield grafana
        finally:
            server.shutdown()
            thread.join()
