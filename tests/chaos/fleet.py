"""Tidewatch's processes in a run: started, killed, frozen, doubled, kept alive."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from streams.kafka import ensure_topics
from streams.settings import Settings, load_settings
from streams.store.setup import prepare_store
from streams.supervisor import ONE_THREAD
from tests.chaos.clocks import Clock
from tests.chaos.oracle import SEGMENTATIONS
from tests.chaos.servers import Servers
from tests.chaos.traffic import MAX_EVENT_BYTES, SHOP, SUPPORT
from tests.e2e.conftest import Site
from tests.e2e.objective import ERROR_OBJECTIVE
from tests.e2e.processes import Process

LATENESS_SECONDS = 4.0
_OFF = (
    *("character_shares", "contexts", "embeddings", "fingerprint", "form", "guardrail"),
    *("hallucination", "injection", "language", "memorisation", "privacy", "prompt_leak"),
    *("readability", "refusal", "relevance", "repetition", "retrieval", "size", "toxicity"),
)
"""Detectors are pure and tested elsewhere; here they would cost time and prove nothing."""
_PORTS = ("score_port", "watch_port", "sink_port", "notify_port")
_AGAIN_SECONDS = 0.5

MONITORS = (
    ERROR_OBJECTIVE.replace("support-assistant", SUPPORT)
    + f"""---
apiVersion: tidewatch/v1
kind: ThresholdMonitor
metadata: {{name: failing}}
spec:
  signal: error
  statistic: rate
  window: 10s
  service: {SHOP}
  upper: 25%
  resolveUpper: 10%
  minimumEvents: 20
  severity: ticket
  receivers: [screen]
"""
)


class Ended(Struct, frozen=True):
    """A process that ended by itself."""

    name: str
    code: int | None
    tail: str


def make_site(
    servers: Servers,
    name: str,
    folder: Path,
    receiver: str,
    partitions: int,
    **score: Any,
) -> Site:
    """Topics, tables and monitors for one run; ``score`` are settings of score."""
    monitors = folder / "monitors"
    monitors.mkdir(parents=True)
    (monitors / "all.yaml").write_text(MONITORS + receiver)
    settings = load_settings(
        data_dir=folder / "data",
        monitors=monitors,
        kafka={
            "bootstrap_servers": servers.kafka.bootstrap_servers,
            "topic_prefix": f"{name}-",
            "partitions": partitions,
        },
        clickhouse={"url": servers.clickhouse.url, "database": name, "timeout_seconds": 10},
        score={
            "group": f"{name}-score",
            "segmentations": [list(dimensions) for dimensions in SEGMENTATIONS],
            "detectors_off": _OFF,
            "lateness_seconds": LATENESS_SECONDS,
            "max_event_bytes": MAX_EVENT_BYTES,
            "redact": False,
        }
        | score,
        watch={"application": f"{name}-watch"},
        sink={"group": f"{name}-sink"},
        notify={"group": f"{name}-notify", "timeout_seconds": 3},
        http=dict.fromkeys(_PORTS, 0),
    )
    ensure_topics(settings.kafka)
    prepare_store(settings.clickhouse)
    return Site(settings, folder)


class Fleet:
    """The processes of one run by name (``score-0``); restarts those that end by themselves.

    Parameters
    ----------
    servers
        What they talk to, each by its own links.
    site
        Their settings.
    planted
        A defect that they have: ``module=file`` (see ``inject/sitecustomize.py``).
    ports
        Ports of health and metrics by process; those not named have none.
    clock
        One clock for all processes; without, each has its own.
    """

    def __init__(
        self,
        servers: Servers,
        site: Site,
        planted: str = "",
        *,
        ports: Mapping[str, int] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._servers = servers
        self._site = site
        self._planted = planted
        self._ports = ports or {}
        self._clock = clock
        self._processes: dict[str, Process] = {}
        self._doubles: list[Process] = []
        self._wanted: set[str] = set()
        self._again: dict[str, float] = {}
        self.clocks: dict[str, Clock] = {}
        self.ended: list[Ended] = []
        self.starts = 0

    def start(self, name: str) -> None:
        """Start a process, and keep it running."""
        self._wanted.add(name)
        old = self._processes.get(name)
        if old is not None and old.running:
            return
        self._processes[name] = self._new(name)
        self._processes[name].start()
        self.starts += 1

    def kill(self, name: str) -> bool:
        """SIGKILL, not to be restarted for now; whether it was running."""
        self._wanted.discard(name)
        process = self._processes.get(name)
        if process is None or not process.running:
            return False
        process.kill()
        return True

    def terminate(self, name: str) -> None:
        """SIGTERM, and do not wait."""
        self._wanted.discard(name)
        process = self._processes.get(name)
        if process is not None and process.running:
            process.terminate()

    def freeze(self, name: str) -> Process | None:
        """SIGSTOP; gives what to thaw."""
        process = self._processes.get(name)
        if process is None or not process.running:
            return None
        process.suspend()
        return process

    def double(self, name: str) -> Process | None:
        """SIGSTOP the process and start another of its name; gives the frozen one."""
        frozen = self.freeze(name)
        if frozen is not None:
            self._doubles.append(frozen)
            del self._processes[name]
            self.start(name)
        return frozen

    def has(self, name: str) -> bool:
        """Whether a process of this name runs."""
        return name in self._processes and self._processes[name].running

    def keep(self) -> None:
        """Start again what ended by itself, as a supervisor would; to be called often."""
        for name in sorted(self._wanted):
            process = self._processes[name]
            if process.running:
                continue
            if name not in self._again:
                self.ended.append(Ended(name, process.code, process.tail(1500)))
                self._again[name] = time.monotonic() + _AGAIN_SECONDS
            elif time.monotonic() > self._again[name]:
                del self._again[name]
                self.start(name)

    def ready(self, name: str, words: str) -> bool:
        """Whether its log holds these words."""
        process = self._processes.get(name)
        return process is not None and process.log.exists() and words in process.tail(10**7)

    def pid(self, name: str) -> int:
        """The process's id."""
        return self._processes[name].pid

    def close(self) -> None:
        """End everything; what hangs is killed."""
        self._wanted.clear()
        everyone = [*self._doubles, *self._processes.values()]
        for process in everyone:
            if process.running:
                process.resume()
                process.terminate()
        for process in everyone:
            process.stop()

    def _new(self, name: str) -> Process:
        kind = name.partition("-")[0]
        clock = self._clock or self.clocks.get(name)
        if clock is None:
            clock = self.clocks[name] = Clock(self._site.folder / f"{name}.clock")
        environment = {
            **ONE_THREAD,
            **self._site.environment(),
            **extra_environment(self._site.settings),
            **clock.environment(),
            "CHAOS_PLANTED": self._planted,
            "TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS": self._link("kafka", name),
            "TIDEWATCH_CLICKHOUSE__URL": "http://" + self._link("clickhouse", name),
            f"TIDEWATCH_{kind.upper()}__WORKER": name,
            f"TIDEWATCH_HTTP__{kind.upper()}_PORT": str(self._ports.get(name, 0)),
        }
        if kind in ("sink", "notify"):
            del environment[f"TIDEWATCH_{kind.upper()}__WORKER"]
        log = self._site.folder / f"{name}.log"
        return Process(name, [kind], environment, log)

    def _link(self, server: str, name: str) -> str:
        return f"127.0.0.1:{self._servers.links[f'{server}:{name}'].port}"


def extra_environment(settings: Settings) -> dict[str, str]:
    """Settings of a run that a site's environment leaves out."""
    score = settings.score
    named = {
        "SEGMENTATIONS": json.dumps(score.segmentations),
        "DETECTORS_OFF": json.dumps(score.detectors_off),
        "LATENESS_SECONDS": str(score.lateness_seconds),
        "MAX_EVENT_BYTES": str(score.max_event_bytes),
        "REDACT": str(score.redact),
        "DUPLICATE_HORIZON_SECONDS": str(score.duplicate_horizon_seconds),
    }
    return {f"TIDEWATCH_SCORE__{name}": value for name, value in named.items()} | {
        "TIDEWATCH_CLICKHOUSE__TIMEOUT_SECONDS": str(settings.clickhouse.timeout_seconds),
        "TIDEWATCH_NOTIFY__TIMEOUT_SECONDS": str(settings.notify.timeout_seconds),
        "TIDEWATCH_NOTIFY__ALLOW_NETWORKS": "127.0.0.1",
        "TIDEWATCH_WATCH__STALL_SECONDS": str(settings.watch.stall_seconds),
    }
