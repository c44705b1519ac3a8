"""Grafana's HTTP API as far as it is used here."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dashboards.client.connection import Connection
from twin.errors import GrafanaUnavailable

OLDEST = 12
"""The first major version whose webhook contact point signs."""
Json = dict[str, Any]


class Grafana:
    """One Grafana, spoken to with a service account's token.

    Every method raises GrafanaUnavailable and GrafanaRefused.
    """

    def __init__(self, url: str, token: str, *, ca: Path | None = None) -> None:
        """Raises ConfigurationError for an address that is none."""
        self._connection = Connection(url, token, ca)
        self._api = self._connection.api
        self._call, self._find = self._connection.call, self._connection.find
        self.url = self._connection.url

    def check(self) -> str:
        """Its version; raises GrafanaUnavailable unless it is a Grafana that is new enough."""
        found = self._find(lambda: self._api.client.GET("/health"), "its state")
        if not isinstance(found, dict) or "database" not in found:
            raise GrafanaUnavailable(f"{self.url} answers, but not as a Grafana does", field="url", value=self.url)
        version = str(found.get("version", ""))
        major = version.partition(".")[0]
        if major.isdecimal() and int(major) < OLDEST:
            raise GrafanaUnavailable(
                f"{self.url} is Grafana {version}, the oldest that will do is {OLDEST}.0",
                field="version",
                value=version,
                limit=f"{OLDEST}.0",
            )
        return version

    def folder(self, uid: str) -> Json | None:
        """The folder, if it is there."""
        return self._find(lambda: self._api.folder.get_folder(uid), f"folder {uid}")

    def create_folder(self, uid: str, title: str) -> None:
        """Make a folder at the top."""
        self._call(lambda: self._api.folder.create_folder(title, uid=uid), f"folder {uid}")

    def dashboard(self, uid: str) -> Json | None:
        """The dashboard and its `meta`, if it is there."""
        return self._find(lambda: self._api.dashboard.get_dashboard(uid), f"dashboard {uid}")

    def last_save(self, uid: str) -> str:
        """What was written when the dashboard was last saved. The library's own call forgets the limit."""
        path = f"/dashboards/uid/{quote(uid)}/versions"
        found = self._call(lambda: self._api.client.GET(path, params={"limit": 1}), f"versions of dashboard {uid}")
        versions = found["versions"] if isinstance(found, dict) else found
        return str(versions[0].get("message", "")) if versions else ""

    def save_dashboard(self, dashboard: Json, folder: str, message: str, *, overwrite: bool) -> None:
        """Save a dashboard; without `overwrite` its `version` must be the newest."""
        body = {"dashboard": dashboard, "folderUid": folder, "message": message, "overwrite": overwrite}
        self._call(lambda: self._api.dashboard.update_dashboard(body), f"dashboard {dashboard['uid']}")

    def data_source(self, uid: str) -> Json | None:
        """The data source without its secrets, if it is there."""
        return self._find(lambda: self._api.datasource.get_datasource_by_uid(uid), f"data source {uid}")

    def save_data_source(self, source: Json, *, there: bool) -> None:
        """Make a data source, or replace the one of that uid."""
        calls = self._api.datasource
        make = (lambda: calls.update_datasource_by_uid(source["uid"], source)) if there else None
        self._call(make or (lambda: calls.create_datasource(source)), f"data source {source['uid']}")

    def contact_point(self, uid: str) -> Json | None:
        """The contact point without its secrets, if it is there."""
        found = self._call(self._api.alertingprovisioning.get_contactpoints, "contact points")
        return next((point for point in found or () if point.get("uid") == uid), None)

    def save_contact_point(self, point: Json, *, there: bool) -> None:
        """Make a contact point, or replace the one of that uid."""
        calls = self._api.alertingprovisioning
        make = (lambda: calls.update_contactpoint(point["uid"], point)) if there else None
        self._call(make or (lambda: calls.create_contactpoint(point)), f"contact point {point['uid']}")

    def policies(self) -> Json:
        """The notification policy tree."""
        tree: Json = self._call(self._api.alertingprovisioning.get_notification_policy_tree, "notification policies")
        return tree

    def save_policies(self, tree: Json, *, changeable: bool) -> None:
        """Replace the notification policy tree; `changeable`: people can go on changing it in Grafana."""
        calls = self._api.alertingprovisioning
        self._call(
            lambda: calls.set_notification_policy_tree(tree, disable_provenance=changeable), "notification policies"
        )

    def rules(self, folder: str, group: str) -> Json | None:
        """The group of alert rules, if it is there."""
        calls = self._api.alertingprovisioning
        return self._find(lambda: calls.get_rule_group(folder, group), f"alert rules {group}")

    def save_rules(self, group: Json) -> None:
        """Make or replace a group of alert rules; those that it does not name go."""
        folder, title = group["folderUid"], group["title"]
        calls = self._api.alertingprovisioning
        self._call(lambda: calls.update_rule_group(folder, title, group), f"alert rules {title}")

    def annotations(self, start_ms: int, end_ms: int, tags: Sequence[str], limit: int) -> list[Json]:
        """Annotations that carry all of the tags and touch the window. The library's own call quotes no tags."""
        asked = {"from": start_ms, "to": end_ms, "type": "annotation", "tags": list(tags), "limit": limit}
        found: list[Json] = self._call(lambda: self._api.client.GET("/annotations", params=asked), "annotations")
        return found

    def add_annotation(self, annotation: Mapping[str, Any]) -> None:
        """Add an annotation of the whole organisation. The library's own call sends a null where a number must be."""
        self._call(lambda: self._api.client.POST("/annotations", json=dict(annotation)), "annotation")

    def change_annotation(self, identity: int, annotation: Mapping[str, Any]) -> None:
        """Replace what an annotation says."""
        change = self._api.annotations.partial_update_annotation
        self._call(
            lambda: change(
                identity, annotation["time"], annotation["timeEnd"], annotation["tags"], annotation["text"]
            ),
            f"annotation {identity}",
        )

    def delete_annotation(self, identity: int) -> None:
        """Take an annotation away."""
        self._call(lambda: self._api.annotations.delete_annotations_by_id(identity), f"annotation {identity}")
