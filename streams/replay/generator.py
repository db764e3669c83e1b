"""Made-up traffic of several applications: endless, seeded, without any data set."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from streams.replay.applications import APPLICATIONS, MODELS, Application
from streams.replay.arrivals import Arrivals
from streams.replay.calls import Caller
from streams.replay.draws import Rates
from streams.replay.pools import Pools, used_models
from streams.replay.releases import Releases
from streams.replay.simulated import Chunk


class TrafficGenerator:
    """Inference events of made-up applications.

    The same arguments give the same events, byte for byte. Event ids depend on seed and start, so
    that two runs at different times never share ids.

    Parameters
    ----------
    rate
        Events per second, mean over a day.
    start
        Event time at which the traffic starts.
    seed
        Seed of everything random.
    mean_text_bytes
        Mean size of an event's prompt, contexts and response together.
    daily_amplitude
        0 for a flat day; 0.5 makes the busiest hour half again as busy as the mean.
    users
        Number of users; how often each comes follows Zipf's law.
    rates
        Base rates of errors, refusals and so on.
    scenarios
        About how many questions with their answers to keep at hand; for every event, ``renew`` of
        them are replaced by new ones.
    chunk_events
        About how many events a chunk holds; by default a second's, 1024 at most.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> traffic = TrafficGenerator(10, start=datetime(2026, 1, 5, 12, tzinfo=UTC), scenarios=50)
    >>> event = next(traffic.chunks()).rows[0].event
    >>> event.service_name in {a.name for a in APPLICATIONS}
    True
    """

    def __init__(
        self,
        rate: float,
        *,
        start: datetime,
        seed: int = 1,
        mean_text_bytes: float = 2000,
        daily_amplitude: float = 0.5,
        users: int = 20_000,
        rates: Rates = Rates(),  # noqa: B008 - immutable
        applications: Sequence[Application] = APPLICATIONS,
        scenarios: int = 1500,
        renew: float = 0.012,
        chunk_events: int | None = None,
    ) -> None:
        self.start = start.timestamp()
        self.seed = seed
        self.rates = rates
        self.applications = tuple(applications)
        self.renew = renew
        self.mean_text_bytes = mean_text_bytes
        self.scenario_count = scenarios
        self.users = [f"user-{n:06d}" for n in range(users)]
        self.calls_per_request = _calls_per_request(self.applications)
        self.arrivals = Arrivals(rate / self.calls_per_request, daily_amplitude=daily_amplitude)
        self.chunk_events = chunk_events or min(1024, max(1, round(rate)))

    def chunks(self) -> Iterator[Chunk]:
        """Endless traffic, in the order of event time."""
        return _Run(self).chunks()


def _calls_per_request(applications: Sequence[Application]) -> float:
    total = sum(a.share for a in applications)
    return sum(a.share / total * sum(u.share for u in a.use_cases) for a in applications)


class _Run:
    """One pass: holds what advances while traffic is made."""

    def __init__(self, generator: TrafficGenerator) -> None:
        self.generator = generator
        seeds = np.random.SeedSequence([generator.seed, round(generator.start * 1e6)]).spawn(2)
        self.arrival_rng = np.random.Generator(np.random.PCG64(seeds[1]))
        self.pools = Pools(
            generator.applications,
            generator.mean_text_bytes,
            generator.scenario_count,
            # Texts depend on the seed alone: the same seed asks the same questions at any start.
            random.Random(generator.seed),
        )
        self.releases = Releases(generator.applications)
        self.caller = Caller(
            pools=self.pools,
            models=used_models(generator.applications, MODELS),
            releases=self.releases,
            users=generator.users,
            rates=generator.rates,
            rng=np.random.Generator(np.random.PCG64(seeds[0])),
        )

    def chunks(self) -> Iterator[Chunk]:
        generator = self.generator
        chunk = max(1, round(generator.chunk_events / generator.calls_per_request))
        until = generator.start
        due = 0.0
        for requests in generator.arrivals.times(generator.start, self.arrival_rng, chunk):
            if not len(requests):
                continue
            changes = self.releases.changes(until, float(requests[0]))
            until = float(requests[0])
            rows = self.caller.rows(requests)
            yield Chunk(rows=rows, changes=changes)
            due += generator.renew * len(rows)
            self.pools.renew(int(due))
            due -= int(due)
