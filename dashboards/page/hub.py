"""One loop of queries for all who look at the same page with the same choice."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

import structlog

from dashboards.page.context import StoreProblem

log = structlog.get_logger(__name__)

MOST_FEEDS = 200
_LINGER_SECONDS = 15.0
_MISTAKE = StoreProblem(
    "This cannot be shown.",
    "A mistake in Tidewatch: the log of `tidewatch page` has the details.",
    passing=False,
)
_SHARE_OF_TIME = 0.2
"""At most this share of the time a feed's queries run: slow ones are asked less often."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a page that is asked anew: ``render`` gives its HTML.

    ``render`` raises :class:`StoreProblem`; ``failed`` gives the HTML that says so.
    """

    id: str
    render: Callable[[], Awaitable[str]]
    failed: Callable[[StoreProblem], str]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part as it is now. ``digest`` changes with the HTML."""

    html: str
    digest: str

    @classmethod
    def of(cls, html: str) -> "Fragment":
        """A fragment with its digest."""
        return cls(html, hashlib.blake2b(html.encode(), digest_size=8).hexdigest())


@dataclass(slots=True, eq=False)
class Feed:
    """The parts of one page with one choice, kept up to date while somebody looks."""

    parts: Sequence[Part]
    again_seconds: float | None
    fragments: dict[str, Fragment] = field(default_factory=dict)
    problem: StoreProblem | None = None
    version: int = 0
    watchers: int = 0
    used: float = field(default_factory=monotonic)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    task: asyncio.Task[None] | None = None

    async def complete(self, seconds: float) -> None:
        """Wait until every part is there, but at most so long."""

        def all_there() -> bool:
            return len(self.fragments) == len(self.parts)

        async def wait() -> None:
            async with self.changed:
                await self.changed.wait_for(all_there)

        self.used = monotonic()
        if not all_there():
            with suppress(TimeoutError):
                await asyncio.wait_for(wait(), seconds)

    async def after(self, version: int, seconds: float) -> int:
        """Wait for a version newer than this one, at most so long; give the version there is."""

        async def wait() -> None:
            async with self.changed:
                await self.changed.wait_for(lambda: self.version > version)

        if self.version == version:
            with suppress(TimeoutError):
                await asyncio.wait_for(wait(), seconds)
        return self.version


class Hub:
    """All feeds. For one event loop.

    Parameters
    ----------
    refresh_seconds
        How often a feed whose stretch of time moves is asked anew, at best.
    """

    def __init__(self, refresh_seconds: float) -> None:
        self._refresh_seconds = refresh_seconds
        self._feeds: dict[str, Feed] = {}

    def __len__(self) -> int:
        return len(self._feeds)

    def feed(self, key: str, parts: Sequence[Part], *, live: bool) -> Feed:
        """The feed of a page and choice; made and started where there is none."""
        feed = self._feeds.get(key)
        if feed is None:
            if len(self._feeds) >= MOST_FEEDS:
                self._drop_one()
            feed = Feed(parts, self._refresh_seconds if live else None)
            self._feeds[key] = feed
            feed.task = asyncio.create_task(self._keep(key, feed))
        feed.used = monotonic()
        return feed

    async def close(self) -> None:
        """Stop all feeds."""
        tasks = [feed.task for feed in self._feeds.values() if feed.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._feeds.clear()

    def _drop_one(self) -> None:
        """The feed that nobody has looked at longest makes room."""
        key = min(self._feeds, key=lambda key: (self._feeds[key].watchers, self._feeds[key].used))
        feed = self._feeds.pop(key)
        if feed.task:
            feed.task.cancel()

    async def _keep(self, key: str, feed: Feed) -> None:
        try:
            while feed.watchers or monotonic() - feed.used < _LINGER_SECONDS:
                began = monotonic()
                await _renew(feed)
                taken = monotonic() - began
                if feed.again_seconds is None and feed.problem is None:
                    await asyncio.sleep(_LINGER_SECONDS)
                else:
                    pause = feed.again_seconds or self._refresh_seconds
                    await asyncio.sleep(max(pause, taken / _SHARE_OF_TIME))
        finally:
            if self._feeds.get(key) is feed:
                del self._feeds[key]


async def _renew(feed: Feed) -> None:
    """Ask all parts once; each is told as soon as it is there."""
    problems: list[StoreProblem] = []

    async def renew(part: Part) -> None:
        try:
            html = await part.render()
        except StoreProblem as problem:
            problems.append(problem)
            html = part.failed(problem)
        except Exception:
            # One part that is wrong must not stop the others.
            log.exception("part_failed", part=part.id)
            html = part.failed(_MISTAKE)
        fragment = Fragment.of(html)
        if feed.fragments.get(part.id) != fragment:
            async with feed.changed:
                feed.fragments[part.id] = fragment
                feed.version += 1
                feed.changed.notify_all()

    await asyncio.gather(*map(renew, feed.parts))
    problem = next((p for p in problems if p.passing), None)
    if str(problem) != str(feed.problem):
        async with feed.changed:
            feed.problem = problem
            feed.version += 1
            feed.changed.notify_all()
