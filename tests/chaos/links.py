"""TCP proxies: the way of each process to each server, which can be cut, slowed and broken."""

import asyncio
import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Literal, Self

HOST = "127.0.0.1"
Trouble = Literal["", "cut", "silent", "slow", "errors", "lost_answers", "broken_requests"]

SLOW_SECONDS = 0.3
_CHUNK = 64 * 1024
_BROKEN_AFTER = 3_000
_BODY = b"Code: 241. DB::Exception: Memory limit exceeded (MEMORY_LIMIT_EXCEEDED)\n"
_ERROR = (
    b"HTTP/1.1 500 Internal Server Error\r\nX-ClickHouse-Exception-Code: 241\r\n"
    b"Content-Type: text/plain\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
) % (len(_BODY), _BODY)


class Link:
    """One proxy. ``port`` is where it listens, ``target`` the port it leads to."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._socket = socket.socket()
        self._socket.bind((HOST, 0))
        self._socket.listen(128)
        self._open: set[asyncio.StreamWriter] = set()
        self._through = asyncio.Event()
        self._through.set()
        self._server: asyncio.Server | None = None
        self.port: int = self._socket.getsockname()[1]
        self.target = 0
        self.trouble: Trouble = ""

    def set(self, trouble: Trouble) -> None:
        """Let this trouble begin; ``""`` ends it."""
        asyncio.run_coroutine_threadsafe(self._set(trouble), self._loop).result(10)

    async def begin(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._serve, sock=self._socket)

    def end(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    async def _set(self, trouble: Trouble) -> None:
        self.trouble = trouble
        if trouble == "silent":
            self._through.clear()
        else:
            self._through.set()
        if trouble == "cut":
            for writer in list(self._open):
                _reset(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.trouble == "cut":
            _reset(writer)
            return
        try:
            there_reader, there = await asyncio.open_connection(HOST, self.target)
        except OSError:
            _reset(writer)
            return
        both = {writer, there}
        self._open |= both
        tasks = [
            asyncio.create_task(self._requests(reader, there, writer)),
            asyncio.create_task(self._answers(there_reader, writer)),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            # The other side's last bytes may still be under way.
            await asyncio.wait(tasks, timeout=0.2)
        finally:
            for task in tasks:
                task.cancel()
            self._open -= both
            for each in both:
                each.close()

    async def _requests(
        self, reader: asyncio.StreamReader, there: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        sent = 0
        with contextlib.suppress(ConnectionError):
            while data := await self._read(reader):
                if self.trouble == "errors":
                    back.write(_ERROR)
                    await back.drain()
                    return
                if self.trouble == "broken_requests":
                    there.write(data[: max(0, _BROKEN_AFTER - sent)])
                    sent += len(data)
                    if sent >= _BROKEN_AFTER:
                        await there.drain()
                        _reset(back)
                        return
                else:
                    there.write(data)
                await there.drain()

    async def _answers(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await self._read(reader):
                if self.trouble == "lost_answers":
                    _reset(back)
                    return
                back.write(data)
                await back.drain()

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        data = await reader.read(_CHUNK)
        if self.trouble == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        await self._through.wait()
        return data


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection, as a crash on the way would."""
    raw = writer.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Links:
    """Proxies by name, ``kafka:score-0``, all in one thread."""

    def __init__(self, names: list[str]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="links", daemon=True)
        self._by_name: dict[str, Link] = {}
        self._names = names

    def __enter__(self) -> Self:
        self._thread.start()

        async def begin() -> None:
            for name in self._names:
                link = self._by_name[name] = Link(self._loop)
                await link.begin()

        asyncio.run_coroutine_threadsafe(begin(), self._loop).result(20)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        for link in self._by_name.values():
            link.end()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __getitem__(self, name: str) -> Link:
        return self._by_name[name]

    def heal(self) -> None:
        """No trouble anywhere."""
        for link in self._by_name.values():
            if link.trouble:
                link.set("")
