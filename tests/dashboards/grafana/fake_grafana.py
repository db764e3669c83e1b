"""An HTTP server that answers as Grafana 11 does, as far as dashboards, folders and rights go.

Shapes of answers are those of Grafana's HTTP API: optimistic versions (412), messages of versions,
permissions by action, and JSON errors with a message.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EDITOR = ("folders:create", "dashboards:create", "dashboards:write", "folders:read")
ADMIN = (*EDITOR, "datasources:create", "datasources:write", "datasources:read")
TOKEN = "glsa_right"

Answer = tuple[int, Any]


@dataclass
class FakeGrafana:
    """State of the server; ``writes`` are the requests that changed, or tried to change, it."""

    version: str = "11.0.0"
    rights: tuple[str, ...] = ADMIN
    plugins: tuple[str, ...] = ("grafana-clickhouse-datasource",)
    folders: dict[str, str] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    dashboards: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, list[str]] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    failing: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def save_by_hand(self, uid: str, **changes: Any) -> None:
        """As a person does in the browser."""
        stored = self.dashboards[uid]
        stored["dashboard"] |= changes
        stored["dashboard"]["version"] += 1
        self.messages[uid].insert(0, "")

    def get(self, path: str) -> Answer:  # noqa: PLR0911 - an answer a path
        match path.partition("?")[0].strip("/").split("/")[1:]:
            case ["health"]:
                return 200, {"commit": "83b9528bce", "database": "ok", "version": self.version}
            case ["access-control", "user", "permissions"]:
                return 200, {right: ["*"] for right in self.rights}
            case ["folders", uid]:
                return self._found(self.folders.get(uid) and {"uid": uid}, "folder not found")
            case ["datasources", "uid", uid]:
                return self._found(self.sources.get(uid), "Data source not found")
            case ["plugins", plugin, "settings"]:
                found = {"id": plugin} if plugin in self.plugins else None
                return self._found(found, "Plugin not found, no installed plugin with that id")
            case ["dashboards", "uid", uid]:
                return self._found(self.dashboards.get(uid), "Dashboard not found")
            case ["dashboards", "uid", uid, "versions"]:
                return 200, [{"message": text} for text in self.messages[uid]]
        return 404, {"message": "Not found"}

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        match path.strip("/").split("/")[1:]:
            case ["folders"]:
                if "folders:create" not in self.rights:
                    return self._forbidden("folders:create")
                self.folders[body["uid"]] = body["title"]
                return 200, body
            case ["datasources"]:
                if "datasources:create" not in self.rights:
                    return self._forbidden("datasources:create")
                self.sources[body["uid"]] = {k: v for k, v in body.items() if k[:6] != "secure"}
                return 200, {"datasource": body, "message": "Datasource added"}
            case ["dashboards", "db"]:
                return self._save(body)
        return 404, {"message": "Not found"}

    def put(self, path: str, body: dict[str, Any]) -> Answer:
        self.sources[path.rpartition("/")[2]] = body
        return 200, {"message": "Datasource updated"}

    def _save(self, body: dict[str, Any]) -> Answer:
        given = dict(body["dashboard"])
        uid = given["uid"]
        if "dashboards:write" not in self.rights:
            return self._forbidden("dashboards:write")
        stored = self.dashboards.get(uid)
        if stored and stored["meta"].get("provisioned"):
            return 400, {"message": "Cannot save provisioned dashboard"}
        version = stored["dashboard"]["version"] if stored else 0
        if stored and given.get("version") != version and not body["overwrite"]:
            return 412, {
                "message": "The dashboard has been changed by someone else",
                "status": "version-mismatch",
            }
        given |= {"version": version + 1, "id": len(self.dashboards) + 1}
        meta = {"folderUid": body["folderUid"], "provisioned": False}
        self.dashboards[uid] = {"dashboard": given, "meta": meta}
        self.messages.setdefault(uid, []).insert(0, body["message"])
        return 200, {"uid": uid, "status": "success", "version": version + 1}

    @staticmethod
    def _found(answer: Any, message: str) -> Answer:
        return (200, answer) if answer else (404, {"message": message})

    @staticmethod
    def _forbidden(right: str) -> Answer:
        text = f"You'll need additional permissions to perform this action: {right}"
        return 403, {"accessErrorId": "ACE1", "message": text, "title": "Access denied"}

    @contextmanager
    def up(self) -> Iterator["FakeGrafana"]:
        """While it listens."""
        grafana = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _answer(self, made: Answer) -> None:
                status, body = made
                if grafana.failing:
                    status, body = grafana.failing, {"message": "database is locked"}
                elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
                    status, body = 401, {"message": "Invalid API key"}
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def _body(self) -> Any:
                grafana.writes.append(self.path)
                return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

            def do_GET(self) -> None:
                self._answer(grafana.get(self.path))

            def do_POST(self) -> None:
                self._answer(grafana.post(self.path, self._body()))

            def do_PUT(self) -> None:
                self._answer(grafana.put(self.path, self._body()))

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
