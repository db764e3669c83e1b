"""Personal data and secrets, sent through the whole of Tidewatch and looked for in what comes out.

``python -m tests.e2e.privacy_proof --data 1000``
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from confluent_kafka.admin import AdminClient

from schemas.topics import DEAD_LETTERS, FEEDBACK, INFERENCE
from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.kafka import client_config, topic_name
from streams.notify.log_reader import read_to_end
from tests.e2e import planted
from tests.e2e.planted import Datum
from tests.e2e.secured import SECRETS, SecuredSite, wait_until
from tests.e2e.secured_kafka import ADMIN

TEXTS_ALLOWED = (INFERENCE, FEEDBACK, DEAD_LETTERS)
"""Topics that hold what applications wrote as they wrote it: who may read them is a right."""


def outputs(site: SecuredSite) -> Iterator[tuple[str, bytes]]:
    """Everything that comes out, with its place: tables, topics, logs, metrics, alerts, pages."""
    for (table,) in site.ask("SELECT name FROM system.tables WHERE database = currentDatabase()"):
        url = f"{site.store.url}/?database={site.database}"
        dump = httpx.post(url, content=f"SELECT * FROM {table} FORMAT JSONEachRow", timeout=60)
        yield f"table {table}", dump.raise_for_status().content
    admin = site.settings(ADMIN).kafka
    for name in AdminClient(client_config(admin)).list_topics(timeout=10).topics:
        if name in {topic_name(admin, topic) for topic in TEXTS_ALLOWED}:
            continue
        for message in read_to_end(client_config(admin), name, cancelled=lambda: False):
            parts = (message.key(), message.value(), repr(message.headers()).encode())
            yield f"topic {name}", b"\n".join(part or b"" for part in parts)  # type: ignore[arg-type]
    for path in sorted(site.folder.glob("*.log")):
        yield f"log {path.name}", path.read_bytes()
    yield "log of Kafka", site.kafka.log_file.read_bytes()
    for name, port in site.ports.items():
        for path in ("metrics", "health/ready"):
            yield f"{path} of {name}", httpx.get(f"http://127.0.0.1:{port}/{path}").content
    for request in site.receiver.requests:
        told = json.dumps({k: v for k, v in request.headers.items() if k != "host"})
        yield "alert", told.encode() + request.body
    yield from _pages(site)


def _pages(site: SecuredSite) -> Iterator[tuple[str, bytes]]:
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{site.ports['page']}",
        headers={"Authorization": f"Bearer {SECRETS['token']}", "Accept": "text/html"},
        timeout=60,
    )
    fingerprints = [row[0] for row in site.ask("SELECT DISTINCT fingerprint FROM alerts")]
    paths = ["/", "/events", "/alerts", "/dead-letters", "/monitors"]
    paths += ["/events/planted-0", *(f"/alerts/{name}" for name in fingerprints)]
    with client:
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.text[:500])
            yield f"page {path}", answer.content


def found_in(came_out: list[tuple[str, bytes]], traces: dict[bytes, str]) -> list[str]:
    """Where any of these was found, with what it is."""
    return [
        f"{place}: {name}"
        for place, content in came_out
        for trace, name in traces.items()
        if trace in content
    ]


def through(site: SecuredSite, data: list[Datum]) -> None:
    """Send data through, and wait until they are everywhere they go."""
    site.wait_ready()
    site.send(data)
    third = len(data) // 3
    wait_until(
        lambda: site.count("events") == len(planted.events(data)), site.processes["score"].tail
    )
    wait_until(lambda: site.count("dead_letters") == third, site.processes["sink"].tail)
    wait_until(lambda: site.count("feedback") == third, site.processes["sink"].tail)
    wait_until(lambda: site.count("windows") > 0, site.processes["watch"].tail)
    wait_until(lambda: site.receiver.requests, site.processes["notify"].tail)
    wait_until(lambda: site.count("deliveries") > 0, site.processes["sink"].tail)


def main() -> int:
    """The proof with as many data as wanted."""
    parser = argparse.ArgumentParser(description="Personal data sent through, and looked for.")
    parser.add_argument("--data", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    data = planted.plant(arguments.data, arguments.seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        with (
            EmbeddedClickHouse(folder / "clickhouse") as store,
            SecuredSite(folder, store) as site,
        ):
            through(site, data)
            traces = {trace: each.value for each in data for trace in each.traces()}
            traces |= {value.encode(): name for name, value in SECRETS.items()}
            came_out = list(outputs(site))
            found = found_in(came_out, traces)
    sys.stdout.write(
        f"{len(data)} data of {len(planted.KINDS)} kinds and {len(SECRETS)} secrets, "
        f"{len(came_out)} outputs looked at: {len(found)} found\n"
    )
    for line in found[:50]:
        sys.stdout.write(f"  {line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
