"""One run: servers, processes, traffic, a schedule, and what came of it."""

import time
import uuid
from pathlib import Path

import msgspec
from msgspec import Struct

from schemas.topics import ALERTS, INFERENCE
from streams.kafka import topic_name
from tests.chaos.actions import Action
from tests.chaos.checking import check
from tests.chaos.driver import Driver
from tests.chaos.fleet import LATENESS_SECONDS, Fleet, make_site
from tests.chaos.oracle import Oracle
from tests.chaos.receiver import Receiver
from tests.chaos.sending import Sender
from tests.chaos.servers import Servers
from tests.chaos.settling import Stuck, settle
from tests.chaos.topics import read_topic
from tests.chaos.traffic import Traffic, bursts_over
from tests.committed import committed_offsets
from tests.e2e.conftest import Site

_START_SECONDS = 240.0
_FEEDBACK_SECONDS = 60.0
_TOO_LATE = "alerts NOT compared: an event took {:.1f} s to Kafka, longer than evaluation waits"


class Plan(Struct, frozen=True, kw_only=True):
    """What a run does.

    ``minutes``: whether windows of a minute are waited for and compared, and some events are very
    late. ``patience``: most seconds that each stage may take to work off what is left.
    """

    seed: int
    events: int
    rate: float
    actions: list[Action] = []
    score: int = 2
    watch: int = 2
    partitions: int = 4
    notify: bool = True
    minutes: bool = False
    patience: float = 120.0


class Report(Struct, kw_only=True):
    """What came of a run. ``differences`` is empty when all is as it must be."""

    plan: Plan
    differences: list[str]
    events: int
    copies: int
    refused: int
    alerts: int
    done: dict[str, int]
    settled: dict[str, float]
    slowest_arrival: float
    alerts_compared: bool
    seconds: float

    def told(self) -> str:
        """In words."""
        lines = [
            f"seed {self.plan.seed}: {self.events} events, {self.copies} copies, {self.refused} "
            f"refused, {self.alerts} alert transitions in {self.seconds:.0f} s",
            "done: " + (", ".join(f"{n} × {w}" for w, n in sorted(self.done.items())) or "nothing"),
            f"worked off after: {self.settled}",
            *([] if self.alerts_compared else [_TOO_LATE.format(self.slowest_arrival)]),
            *(f"DIFFERENCE: {difference}" for difference in self.differences),
            "as it must be" if not self.differences else "schedule: " + _told(self.plan.actions),
        ]
        return "\n".join(lines)


def execute(servers: Servers, plan: Plan, folder: Path, planted: str = "") -> Report:
    """Do a run on running servers.

    Parameters
    ----------
    servers
        As they are before and, whatever happens, after.
    plan
        What to do.
    folder
        For logs and monitors; must not exist.
    planted
        A defect that the processes have; see :class:`tests.chaos.fleet.Fleet`.
    """
    began = time.monotonic()
    receiver = Receiver()
    receiver.open()
    site = make_site(
        servers, f"c{uuid.uuid4().hex[:8]}", folder, receiver.document, plan.partitions
    )
    oracle = Oracle(LATENESS_SECONDS, feedback_waits=_longest_wait(plan.actions))
    traffic = Traffic(plan.seed, bursts_over(plan.events / plan.rate), very_late=plan.minutes)
    sender = Sender(site.settings.kafka, traffic, oracle, plan.events, plan.rate)
    fleet = Fleet(servers, site, planted)
    driver = Driver(servers, fleet, receiver, sender)
    settled: dict[str, float] = {}
    try:
        _start(fleet, plan)
        sender.start()
        _await_first_commit(site, plan.patience)
        driver.run(plan.actions)
        sender.stop()
        if sender.failure is not None:
            raise sender.failure
        # An event that came later than evaluation waits for counts in what is evaluated next.
        timely = oracle.slowest < LATENESS_SECONDS
        differences = _settle_and_check(site, oracle, fleet, plan, settled, alerts=timely)
        differences += _delivery(receiver, site, fleet, plan.patience) if plan.notify else []
        differences += _ended(fleet, plan)
    finally:
        sender.stop()
        servers.links.heal()
        fleet.close()
        receiver.close()
        servers.mend()
    return Report(
        plan=plan,
        differences=differences,
        events=oracle.events,
        copies=oracle.copies,
        refused=len(oracle.refused),
        alerts=sum(1 for _ in read_topic(site.settings.kafka, ALERTS)),
        done=dict(driver.done),
        settled=settled,
        slowest_arrival=round(oracle.slowest, 2),
        alerts_compared=timely,
        seconds=round(time.monotonic() - began, 1),
    )


def _longest_wait(actions: list[Action]) -> float:
    """How long feedback may wait for its event: to be stored, and for score to be back."""
    away = [a.seconds for a in actions if "clickhouse" in a.target or a.target == "kafka"]
    return max(away, default=0.0) + _FEEDBACK_SECONDS


def _start(fleet: Fleet, plan: Plan) -> None:
    wanted = [f"score-{n}" for n in range(plan.score)] + [f"watch-{n}" for n in range(plan.watch)]
    for name in (*wanted, "sink-0", *(["notify-0"] if plan.notify else [])):
        fleet.start(name)
    until = time.monotonic() + _START_SECONDS
    while not all(fleet.ready(n, "score_started") for n in wanted if n.startswith("score")):
        if time.monotonic() > until:
            raise TimeoutError(f"score did not start within {_START_SECONDS:.0f} s")
        time.sleep(0.2)


def _await_first_commit(site: Site, patience: float) -> None:
    """A process that has done nothing yet has nothing to lose."""
    kafka = site.settings.kafka
    until = time.monotonic() + patience
    while not committed_offsets(kafka, site.settings.score.group, topic_name(kafka, INFERENCE)):
        if time.monotonic() > until:
            raise TimeoutError(f"score committed nothing within {patience:.0f} s")
        time.sleep(0.2)


def _settle_and_check(
    site: Site,
    oracle: Oracle,
    fleet: Fleet,
    plan: Plan,
    settled: dict[str, float],
    *,
    alerts: bool,
) -> list[str]:
    closed_at = oracle.minutes_settled_at if plan.minutes else oracle.settled_at
    ten = closed_at - LATENESS_SECONDS - 5
    # Time is complete when the slowest clock says so.
    closed_at += max((-a.seconds for a in plan.actions if a.kind == "clock"), default=0.0)
    closed_until = {10: ten} | ({60: ten // 60 * 60} if plan.minutes else {})
    stuck = []
    try:
        settled |= settle(site.settings, closed_at, plan.patience, fleet.keep)
    except Stuck as problem:
        stuck = [str(problem)]
    return stuck + check(site.settings, oracle, closed_until, alerts=alerts)


def _delivery(receiver: Receiver, site: Site, fleet: Fleet, patience: float) -> list[str]:
    """What a receiver was told wrongly, or not told in time."""
    states, until = _last_states(site), time.monotonic() + patience
    while (wrong := receiver.check(states)) and time.monotonic() < until:
        fleet.keep()
        time.sleep(0.5)
    return wrong


def _ended(fleet: Fleet, plan: Plan) -> list[str]:
    """Of two processes of one name, one has to go; otherwise none has a reason to."""
    twins = {action.target for action in plan.actions if action.kind == "twin"}
    return [
        f"{e.name} ended by itself with {e.code}: {e.tail[-300:]}"
        for e in fleet.ended
        if e.name not in twins
    ]


def _last_states(site: Site) -> dict[str, str]:
    states: dict[str, str] = {}
    for message in read_topic(site.settings.kafka, ALERTS):
        alert = msgspec.json.decode(message.value() or b"")
        if alert["kind"] != "self" and alert["state"] != "pending":
            states[f"{alert['fingerprint']} {alert['started_at']}"] = alert["state"]
    return states


def _told(actions: list[Action]) -> str:
    return msgspec.json.encode(actions).decode()
