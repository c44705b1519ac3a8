"""The things that a push brings into a Grafana: how each is found there, and how it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from dashboards.client.compare import Difference, content, differences, lacking, mark
from dashboards.client.grafana import Grafana, Json
from dashboards.query import SOURCE_UID
from dashboards.routing import RECEIVER, route
from twin.errors import ConfigurationError

MESSAGE = "foretell push "
FROM_FILE = "file"


class State(StrEnum):
    """How a thing in Grafana stands to what it shall be."""

    MISSING = "missing"
    SAME = "same"
    OLDER = "older"
    EDITED = "edited by hand"
    PROVISIONED = "provisioned from a file"


@dataclass(frozen=True)
class Thing:
    """Something in Grafana as it is found."""

    kind: str
    name: str
    state: State
    differences: tuple[Difference, ...] = ()
    secret: bool = False
    """It holds a secret, which cannot be compared."""


class Piece(Protocol):
    """Something that a push looks after."""

    def look(self) -> Thing:
        """How it is found; changes nothing."""
        ...

    def save(self, *, force: bool) -> None:
        """Make it, or bring it to what it shall be; `force`: also over a change made since it was looked at."""
        ...


@dataclass(frozen=True)
class Folder:
    """A folder at the top."""

    grafana: Grafana
    uid: str
    title: str

    def look(self) -> Thing:
        """Missing, or there under whatever title."""
        return Thing("folder", self.uid, State.SAME if self.grafana.folder(self.uid) else State.MISSING)

    def save(self, *, force: bool) -> None:
        """Make it."""
        self.grafana.create_folder(self.uid, self.title)


@dataclass(frozen=True)
class Dashboard:
    """A dashboard in a folder. It was edited by hand when somebody else saved it last."""

    grafana: Grafana
    goal: Json
    folder: str

    def look(self) -> Thing:
        """What a push writes into the history of a dashboard is the mark by which it knows its own work."""
        uid = self.goal["uid"]
        found = self.grafana.dashboard(uid)
        if found is None:
            return Thing("dashboard", uid, State.MISSING)
        saved = self.grafana.last_save(uid)
        if saved == self._message:
            return Thing("dashboard", uid, State.SAME)
        state = State.OLDER if saved.startswith(MESSAGE) else State.EDITED
        if found["meta"].get("provisioned"):
            state = State.PROVISIONED
        return Thing("dashboard", uid, state, tuple(differences(content(found["dashboard"]), self.goal)))

    def save(self, *, force: bool) -> None:
        """Save it over the version that is there now."""
        found = self.grafana.dashboard(self.goal["uid"])
        version = {} if found is None else {"version": found["dashboard"]["version"]}
        self.grafana.save_dashboard(self.goal | version, self.folder, self._message, overwrite=force)

    @property
    def _message(self) -> str:
        return MESSAGE + mark(self.goal)


@dataclass(frozen=True)
class DataSource:
    """The historian's database."""

    grafana: Grafana
    goal: Json | None

    def look(self) -> Thing:
        """Raises ConfigurationError when it is missing and the settings do not say how to make it."""
        found = self.grafana.data_source(SOURCE_UID)
        if self.goal is None and found is None:
            raise ConfigurationError(
                f"{self.grafana.url} has no data source {SOURCE_UID}: FORETELL_GRAFANA_DB_HOST and "
                "FORETELL_GRAFANA_DB_PASSWORD say how to make it",
                field="FORETELL_GRAFANA_DB_HOST",
            )
        from_file = bool(found and found.get("readOnly"))
        if self.goal is None:
            return Thing("data source", SOURCE_UID, State.PROVISIONED if from_file else State.SAME)
        plain = {name: part for name, part in self.goal.items() if name not in {"secureJsonData", "isDefault"}}
        return _judged("data source", SOURCE_UID, found, plain, from_file=from_file, secret=True)

    def save(self, *, force: bool) -> None:
        """Make it, or replace it; whether it is the default stays as it is."""
        if self.goal is not None:
            found = self.grafana.data_source(SOURCE_UID)
            default = {} if found is None else {"isDefault": found.get("isDefault", False)}
            self.grafana.save_data_source(self.goal | default, there=found is not None)


@dataclass(frozen=True)
class ContactPoint:
    """The webhook back into Foretell."""

    grafana: Grafana
    goal: Json

    def look(self) -> Thing:
        """Its secret comes back as a row of letters, so it is left out."""
        found = self.grafana.contact_point(self.goal["uid"])
        settings: Json = self.goal["settings"]
        signing = {name: value for name, value in settings["hmacConfig"].items() if name != "secret"}
        plain = self.goal | {"settings": settings | {"hmacConfig": signing}}
        from_file = _from_file(found)
        return _judged("contact point", self.goal["uid"], found, plain, from_file=from_file, secret=True)

    def save(self, *, force: bool) -> None:
        """Make it, or replace it."""
        there = self.grafana.contact_point(self.goal["uid"]) is not None
        self.grafana.save_contact_point(self.goal, there=there)


@dataclass(frozen=True)
class Policy:
    """The branch of the notification policy tree that leads our alerts to the webhook."""

    grafana: Grafana

    def look(self) -> Thing:
        """The same where the whole tree leads there."""
        tree = self.grafana.policies()
        if tree.get("receiver") == RECEIVER:
            return Thing("notification policy", RECEIVER, State.SAME)
        ours = next((branch for branch in tree.get("routes") or () if _is_ours(branch)), None)
        return _judged("notification policy", RECEIVER, ours, route(), from_file=_from_file(tree))

    def save(self, *, force: bool) -> None:
        """Put our branch first. Everything else stays, and as changeable in Grafana as it was."""
        tree = self.grafana.policies()
        others = [branch for branch in tree.get("routes") or () if not _is_ours(branch)]
        rest = {name: value for name, value in tree.items() if name != "provenance"}
        self.grafana.save_policies(rest | {"routes": [route(), *others]}, changeable=not tree.get("provenance"))


@dataclass(frozen=True)
class Rules:
    """Our group of alert rules."""

    grafana: Grafana
    goal: Json

    def look(self) -> Thing:
        """Fields that Grafana adds do not count; rules that are not ours do."""
        found = self.grafana.rules(self.goal["folderUid"], self.goal["title"])
        if found is None:
            return Thing("alert rules", self.goal["title"], State.MISSING)
        there = {"interval": found.get("interval")} | {rule["uid"]: rule for rule in found["rules"]}
        wanted = {"interval": self.goal["interval"]} | {rule["uid"]: rule for rule in self.goal["rules"]}
        gone = tuple(Difference(uid, "a rule", None) for uid in sorted(there.keys() - wanted.keys()))
        changed = (*lacking(there, wanted), *gone)
        state = State.OLDER if changed else State.SAME
        from_file = any(_from_file(rule) for rule in found["rules"])
        return Thing("alert rules", self.goal["title"], State.PROVISIONED if from_file else state, changed)

    def save(self, *, force: bool) -> None:
        """Replace the group; rules in it that are not ours go."""
        self.grafana.save_rules(self.goal)


def _judged(kind: str, name: str, found: Json | None, goal: Json, *, from_file: bool, secret: bool = False) -> Thing:
    changed = () if found is None else lacking(found, goal)
    state = State.MISSING if found is None else State.OLDER if changed else State.SAME
    return Thing(kind, name, State.PROVISIONED if from_file else state, changed, secret)


def _from_file(part: Mapping[str, object] | None) -> bool:
    return part is not None and part.get("provenance") == FROM_FILE


def _is_ours(branch: Mapping[str, object]) -> bool:
    return branch.get("receiver") == RECEIVER
