"""Pushing the dashboards to a Grafana: idempotent, touching nothing but its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from grafana_client.api import GrafanaApi
from grafana_client.client import GrafanaClientError

from dashboards.grafana import data_source, links
from dashboards.grafana.comparison import Comparison, compare, digest_message
from dashboards.grafana.errors import GrafanaRefusedError, grafana_errors

FOLDER_UID = "tidewatch"
FOLDER_TITLE = "Tidewatch"
OLDEST = (11, 0)
"""The oldest Grafana that draws all panels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where Grafana itself reaches ClickHouse, and as whom."""

    url: str
    database: str
    user: str
    password: str = field(default="", repr=False)


@dataclass(slots=True, kw_only=True)
class Report:
    """What a push did: uids by what became of them, and the diffs of what was kept."""

    folder: str = "kept"
    data_source: str = "kept"
    pushed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    diffs: dict[str, str] = field(default_factory=dict)


class Publisher:
    """Compares the declared dashboards with a Grafana, and brings them there.

    Parameters
    ----------
    url
        Address of Grafana, with its path if it has one.
    token
        Token of a service account.
    declared
        Dashboards by uid (:func:`dashboards.grafana.render.render_all`).

    Raises
    ------
    GrafanaUnavailableError
        Nobody answers.
    GrafanaRefusedError
        Not a Grafana, one that is too old, or a token it does not know.
    """

    def __init__(self, url: str, token: str, declared: Mapping[str, dict[str, Any]]) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise GrafanaRefusedError(f"--grafana: {url!r} is no http:// or https:// address")
        self.url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")
        self._api: Any = GrafanaApi.from_url(f"{self.url}/", credential=token, timeout=20)
        self._declared = declared
        self._check_version()

    def compare(self) -> list[Comparison]:
        """Every declared dashboard beside what Grafana has."""
        found = []
        for uid, declared in self._declared.items():
            remote = self._get(f"/dashboards/uid/{uid}", f"reading the dashboard {uid}")
            message = self._last_message(uid) if remote else ""
            found.append(compare(declared, remote, message, links.TAG))
        return found

    def push(self, store: Store | None, *, force: bool = False) -> Report:
        """Bring folder, data source and dashboards to what is declared.

        Dashboards that people edited, and a data source that differs, are kept with their diffs in
        the report, unless ``force``. What is not ours is kept always. Rights are checked first:
        without them nothing is touched.

        Parameters
        ----------
        store
            Where Grafana reaches ClickHouse; ``None`` leaves the data source alone.
        force
            Whether to replace what people edited.
        """
        comparisons = self.compare()
        folder = self._get(f"/folders/{FOLDER_UID}", "reading the folder")
        source = self._get(f"/datasources/uid/{data_source.UID}", "reading the data source")
        wanted = source_settings(store) if store else None
        self._check_rights(comparisons, folder is None, wanted is not None and source is None)
        report = Report()
        if folder is None:
            with grafana_errors("making the folder", self.url):
                self._api.folder.create_folder(FOLDER_TITLE, uid=FOLDER_UID)
            report.folder = "made"
        if wanted is not None:
            self._push_source(wanted, source, report, force=force)
        for each in comparisons:
            if each.state == "same":
                report.same.append(each.uid)
            elif each.state in ("new", "outdated") or (each.state == "edited" and force):
                self._push_dashboard(each)
                report.pushed.append(each.uid)
            else:
                report.kept[each.uid] = each.state
                report.diffs[each.uid] = each.diff
        return report

    def _push_dashboard(self, each: Comparison) -> None:
        declared = self._declared[each.uid]
        body = {
            "dashboard": declared,
            "folderUid": FOLDER_UID,
            "overwrite": False,
            "message": digest_message(declared),
        }
        if each.remote is not None:
            # With the version that was compared, so that nobody's save in between is lost.
            version = each.remote["dashboard"]["version"]
            body["dashboard"] = declared | {"version": version}
            body["folderUid"] = each.remote["meta"].get("folderUid", "")
        with grafana_errors(f"saving the dashboard {each.uid}", self.url):
            self._api.dashboard.update_dashboard(body)

    def _push_source(
        self, wanted: dict[str, Any], found: dict[str, Any] | None, report: Report, *, force: bool
    ) -> None:
        if found is None:
            self._check_plugin()
            with grafana_errors("making the data source", self.url):
                self._api.datasource.create_datasource(wanted)
            report.data_source = "made"
            return
        differences = [
            f"{name}: {found.get('jsonData', {}).get(name)!r} in Grafana, {value!r} as wanted"
            for name, value in wanted["jsonData"].items()
            if found.get("jsonData", {}).get(name) != value
        ]
        if found.get("type") != data_source.PLUGIN:
            report.data_source = "foreign"
        elif differences and force:
            with grafana_errors("changing the data source", self.url):
                self._api.datasource.update_datasource_by_uid(data_source.UID, wanted)
            report.data_source = "changed"
        elif differences:
            report.data_source = "differs"
            report.diffs["data source"] = "\n".join(differences)
        else:
            report.data_source = "same"

    def _check_version(self) -> None:
        with grafana_errors("asking its version", self.url):
            answer = self._api.client.GET("/health")
        version = str(answer.get("version", "")) if isinstance(answer, dict) else ""
        numbers = tuple(
            int(part) for part in version.split("-")[0].split(".")[:2] if part.isdigit()
        )
        if not numbers:
            raise GrafanaRefusedError(
                f"{self.url} answers, but is no Grafana: give the address of Grafana itself"
            )
        if numbers < OLDEST:
            oldest = ".".join(map(str, OLDEST))
            raise GrafanaRefusedError(
                f"Grafana at {self.url} is {version}: the dashboards need {oldest} or newer, "
                "upgrade it, or use the built-in page"
            )

    def _check_rights(
        self, comparisons: list[Comparison], needs_folder: bool, needs_source: bool
    ) -> None:
        with grafana_errors("asking what the token may do", self.url):
            try:
                rights = self._api.client.GET("/access-control/user/permissions")
            except GrafanaClientError as error:
                if error.status_code == 404:
                    return  # told by the first refusal instead
                raise
        needed = {
            "folders:create": needs_folder,
            "dashboards:create": any(each.state == "new" for each in comparisons),
            "dashboards:write": any(each.state in ("outdated", "edited") for each in comparisons),
            "datasources:create": needs_source,
        }
        missing = [name for name, wanted in needed.items() if wanted and name not in rights]
        if missing:
            raise GrafanaRefusedError(
                f"the token may not do what this needs in Grafana at {self.url}: it lacks "
                f"{', '.join(missing)}. Give its service account the role Editor"
                + (", or Admin for the data source" if needs_source else "")
                + ". Nothing was changed"
            )

    def _check_plugin(self) -> None:
        if self._get(f"/plugins/{data_source.PLUGIN}/settings", "looking for the plugin") is None:
            raise GrafanaRefusedError(
                f"Grafana at {self.url} has no plugin {data_source.PLUGIN}: install it with "
                f"`grafana cli plugins install {data_source.PLUGIN}` and restart Grafana"
            )

    def _last_message(self, uid: str) -> str:
        answer = self._get(f"/dashboards/uid/{uid}/versions?limit=1", f"reading versions of {uid}")
        versions = answer.get("versions", []) if isinstance(answer, dict) else answer or []
        return str(versions[0].get("message", "")) if versions else ""

    def _get(self, path: str, doing: str) -> Any:
        """What Grafana answers; ``None`` where there is none."""
        with grafana_errors(doing, self.url):
            try:
                return self._api.client.GET(path)
            except GrafanaClientError as error:
                if error.status_code == 404:
                    return None
                raise


def source_settings(store: Store) -> dict[str, Any]:
    """The data source, with the settings of plugin 4.x: ClickHouse over HTTP."""
    parts = urlsplit(store.url)
    secure = parts.scheme == "https"
    return {
        "uid": data_source.UID,
        "name": data_source.NAME,
        "type": data_source.PLUGIN,
        "access": "proxy",
        "jsonData": {
            "host": parts.hostname or "",
            "port": parts.port or (8443 if secure else 8123),
            "protocol": "http",
            "secure": secure,
            "username": store.user,
            "defaultDatabase": store.database,
        },
        "secureJsonData": {"password": store.password},
    }
