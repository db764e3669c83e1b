"""Server-sent events: what changed on a page since it was sent."""

from collections.abc import AsyncIterator

import msgspec

from dashboards.page.hub import Feed

HEARTBEAT_SECONDS = 15.0
_encode = msgspec.json.Encoder().encode


async def stream(feed: Feed, *, known: dict[str, str]) -> AsyncIterator[bytes]:
    """Every part that differs from what the page knows, now and whenever it changes.

    Parameters
    ----------
    feed
        The page's parts.
    known
        Digests of the parts that the page shows, by part.
    """
    feed.watchers += 1
    version, problem = -1, ""
    try:
        yield b"retry: 3000\n\n"
        while True:
            if version == feed.version:
                await feed.after(version, HEARTBEAT_SECONDS)
            if version == feed.version:
                # A comment: proxies and browsers see that the connection lives.
                yield b": alive\n\n"
                continue
            version = feed.version
            for part, fragment in list(feed.fragments.items()):
                if known.get(part) != fragment.digest:
                    known[part] = fragment.digest
                    message = {"id": part, "digest": fragment.digest, "html": fragment.html}
                    yield b"event: part\ndata: " + _encode(message) + b"\n\n"
            told = str(feed.problem or "")
            if told != problem:
                problem = told
                message = {"problem": told, "remedy": feed.problem.remedy if feed.problem else ""}
                yield b"event: problem\ndata: " + _encode(message) + b"\n\n"
    finally:
        feed.watchers -= 1
