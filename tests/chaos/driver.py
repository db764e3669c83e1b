"""Carries a schedule out: each action at its time, and what undoes it."""

import heapq
import time
from collections import Counter
from collections.abc import Callable
from itertools import count

import structlog

from tests.chaos.actions import SERVERS, Action
from tests.chaos.fleet import Fleet
from tests.chaos.receiver import Receiver
from tests.chaos.sending import Sender
from tests.chaos.servers import Servers

log = structlog.get_logger(__name__)

_LOOK_SECONDS = 0.1


class Driver:
    """Does a run's actions.

    Parameters
    ----------
    servers, fleet, receiver
        What they are done to.
    sender
        Held while the broker is away.
    """

    def __init__(self, servers: Servers, fleet: Fleet, receiver: Receiver, sender: Sender) -> None:
        self._servers = servers
        self._fleet = fleet
        self._receiver = receiver
        self._sender = sender
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self.done: Counter[str] = Counter()

    def run(self, actions: list[Action]) -> None:
        """Do all of them while events are sent, then undo what is left."""
        began = time.monotonic()
        for action in actions:
            self._at(began + action.at, lambda action=action: self._do(action))
        while self._due or not self._sender.done:
            while self._due and self._due[0][0] <= time.monotonic():
                heapq.heappop(self._due)[2]()
            self._fleet.keep()
            time.sleep(_LOOK_SECONDS)

    def _at(self, moment: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (moment, next(self._order), act))

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        self._at(time.monotonic() + seconds, act)

    def _do(self, action: Action) -> None:
        log.info("action", action=str(action))
        target = action.target
        kind = target.partition(":")[0] if ":" not in target else "way"
        if kind in SERVERS:
            self._to_server(action)
        elif kind == "way":
            link = self._servers.links[target]
            link.set(action.kind)  # type: ignore[arg-type]
            self._later(action.seconds, lambda: link.set(""))
            self._count(f"{action.kind} {target.partition(':')[0]}")
        elif kind == "receiver":
            self._receiver.close()
            self._later(action.seconds, self._receiver.open)
            self._count("receiver_away")
        else:
            self._to_process(action)

    def _to_server(self, action: Action) -> None:
        name = action.target
        server = self._servers.named(name)
        if not server.running:
            return
        if name == "kafka":
            self._sender.hold()

        def back() -> None:
            if action.kind == "freeze":
                self._servers.thaw(name)
            else:
                server.start()
            if name == "kafka":
                self._sender.release()

        if action.kind == "freeze":
            self._servers.freeze(name)
        else:
            server.kill()
        self._later(action.seconds, back)
        self._count(f"{action.kind} {name}")

    def _to_process(self, action: Action) -> None:
        name, fleet = action.target, self._fleet
        kind = name.partition("-")[0]
        match action.kind:
            case "kill":
                if fleet.kill(name):
                    self._count(f"kill {kind}")
                    self._later(action.seconds, lambda: fleet.start(name))
            case "freeze":
                frozen = fleet.freeze(name)
                if frozen is not None:
                    self._later(action.seconds, frozen.resume)
                    self._count(f"freeze {kind}")
            case "twin":
                frozen = fleet.double(name)
                if frozen is not None:
                    self._later(action.seconds, frozen.resume)
                    self._count(f"twin {kind}")
            case "add":
                fleet.start(name)
                if action.seconds:
                    self._later(action.seconds, lambda: fleet.terminate(name))
                self._count(f"add {kind}")
            case "remove":
                fleet.terminate(name)
                self._later(action.seconds, lambda: fleet.start(name))
                self._count(f"remove {kind}")
            case "clock":
                fleet.clocks[name].set(offset=action.seconds)
                self._count(f"clock {kind}")

    def _count(self, what: str) -> None:
        self.done[what] += 1
