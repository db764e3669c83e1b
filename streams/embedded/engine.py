"""The ClickHouse engine of this process: chDB, for one data directory.

Every query has a session of its own (one costs a millisecond), for queries in one session wait for
each other and those in different sessions run side by side: measured, a point query beside a long
aggregation or insert takes 10 ms at most, in one shared session as long as the aggregation.
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from chdb import session as chdb_session

from streams.embedded.sql_text import first_word, is_several, output_format

# Formats whose pieces, one after the other, are the whole. Each of the others has a frame around
# its rows, so a result in one of those is built in memory.
_PIECEWISE = {
    "Native",
    "RowBinary",
    "TabSeparated",
    "TSV",
    "TabSeparatedRaw",
    "TSVRaw",
    "CSV",
    "JSONEachRow",
    "JSONCompactEachRow",
    "JSONStringsEachRow",
    "JSONLines",
    "NDJSON",
    "LineAsString",
    "RawBLOB",
    "Values",
}
_STREAMED = {"SELECT", "WITH", "FROM"}
_CODE = re.compile(r"Code: (\d+)\. ")
_UNKNOWN_ERROR = 1002
_NO_SPACE = 243


class QueryError(Exception):
    """The engine refused or failed a query; ``code`` is ClickHouse's error code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code

    @classmethod
    def of(cls, error: Exception) -> Self:
        """Read code and message out of what chDB raised."""
        text = str(error)
        found = _CODE.search(text)
        if "No space left on device" in text:
            return cls(_NO_SPACE, f"Code: {_NO_SPACE}. DB::Exception: {text} (NOT_ENOUGH_SPACE)")
        if found is None:
            return cls(_UNKNOWN_ERROR, f"Code: {_UNKNOWN_ERROR}. DB::Exception: {text}")
        return cls(int(found[1]), text[found.start() :])


@dataclass(frozen=True)
class Query:
    """One statement and all that a request says about how to run it."""

    statement: str
    query_id: str
    database: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    format: str = "TabSeparated"
    """Format of the result when the statement names none."""
    session_id: str = ""
    session_timeout: float = 60.0

    @property
    def result_format(self) -> str:
        """Format that the result comes in."""
        return output_format(self.statement) or self.format


@dataclass
class Progress:
    """What a query has read and written so far."""

    read_rows: int = 0
    read_bytes: int = 0
    written_rows: int = 0
    written_bytes: int = 0
    result_bytes: int = 0


@dataclass
class _NamedSession:
    session: Any
    expires: float = 0.0
    busy: bool = False


class Engine:
    """Runs queries; safe to use from many threads.

    Parameters
    ----------
    path
        chDB's data directory. A process can have one such directory, and a directory one process.
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._root = _open(self._path)
        self._named: dict[str, _NamedSession] = {}
        self._lock = threading.Lock()
        self.version = self._root.query("SELECT version()", "TSVRaw").bytes().decode().strip()
        self.timezone = self._root.query("SELECT timezone()", "TSVRaw").bytes().decode().strip()
        self.host = self._root.query("SELECT displayName()", "TSVRaw").bytes().decode().strip()

    def run(self, query: Query, progress: Progress) -> Iterator[bytes]:
        """Run a query and yield its result piece by piece; closing the iterator ends the query.

        Raises
        ------
        QueryError
            Before the first piece or, as in a server, between two.
        """
        if not first_word(query.statement):
            raise QueryError(62, "Code: 62. DB::Exception: Empty query. (SYNTAX_ERROR)")
        try:
            with self._session(query) as session:
                yield from self._run(session, query, progress)
        except RuntimeError as error:
            raise QueryError.of(error) from error

    def cancel(self, query_id: str) -> None:
        """End a running query; it raises error 394. Do nothing when there is none."""
        with _open(self._path) as session, suppress(RuntimeError):
            session.query(
                "KILL QUERY WHERE Settings['log_comment'] = {id:String} ASYNC",
                params={"id": query_id},
            )

    def close(self) -> None:
        """Write everything to disk and let go of the data directory."""
        for named in self._named.values():
            named.session.close()
        self._root.close()

    def _run(self, session: Any, query: Query, progress: Progress) -> Iterator[bytes]:
        if first_word(query.statement) in _STREAMED and query.result_format in _PIECEWISE:
            stream = session.send_query(query.statement, query.format, params=query.parameters)
            try:
                for piece in stream:
                    yield _count(piece, progress)
            finally:
                stream.close()
            return
        _refuse_several_statements(session, query)
        yield _count(
            session.query(query.statement, query.format, params=query.parameters), progress
        )

    @contextmanager
    def _session(self, query: Query) -> Iterator[Any]:
        # The id as log_comment is how cancel() finds the query: chDB gives it an id of its own.
        settings = {**query.settings, "log_comment": query.query_id}
        if not query.session_id:
            with _open(self._path) as session:
                _prepare(session, query.database, settings)
                yield session
            return
        named = self._enter(query.session_id)
        try:
            _prepare(named.session, query.database, settings)
            yield named.session
        finally:
            # A request's settings are the request's, the session's are set by SET.
            with suppress(RuntimeError):
                named.session.query("SET " + ", ".join(f"{key} = DEFAULT" for key in settings))
            with self._lock:
                named.expires = time.monotonic() + query.session_timeout
                named.busy = False

    def _enter(self, session_id: str) -> _NamedSession:
        with self._lock:
            now = time.monotonic()
            for key, named in list(self._named.items()):
                if not named.busy and named.expires < now:
                    self._named.pop(key).session.close()
            named = self._named.setdefault(session_id, _NamedSession(None))
            if named.busy:
                raise QueryError(
                    373,
                    f"Code: 373. DB::Exception: Session {session_id} is locked by a concurrent"
                    " client. (SESSION_IS_LOCKED)",
                )
            if named.session is None:
                named.session = _open(self._path)
            named.busy = True
            return named


def _open(path: str) -> Any:
    return chdb_session.Session(path)


def _prepare(session: Any, database: str, settings: dict[str, str]) -> None:
    if database:
        session.query(f"USE {_quoted(database, '`')}")
    for key in settings:
        if not key.isidentifier():
            raise QueryError(
                115, f"Code: 115. DB::Exception: Unknown setting '{key}'. (UNKNOWN_SETTING)"
            )
    pairs = ", ".join(f"{key} = {_quoted(value, chr(39))}" for key, value in settings.items())
    session.query(f"SET {pairs}")


def _quoted(text: str, mark: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(mark, f"\\{mark}")
    return f"{mark}{escaped}{mark}"


def _refuse_several_statements(session: Any, query: Query) -> None:
    # query() would run one after the other, a server refuses them.
    if first_word(query.statement) != "INSERT":
        several = is_several(query.statement)
    else:
        # Rows as text may be long: the engine's parser is faster. It refuses to stream an INSERT
        # in any case, and says of several statements that they are several.
        several = False
        try:
            session.send_query(query.statement, query.format, params=query.parameters)
        except RuntimeError as error:
            several = "Multi-statements are not allowed" in str(error)
    if several:
        raise QueryError(
            62,
            "Code: 62. DB::Exception: Syntax error (Multi-statements are not allowed)."
            " (SYNTAX_ERROR)",
        )


def _count(result: Any, progress: Progress) -> bytes:
    data: bytes = result.bytes()
    progress.read_rows += result.rows_read()
    progress.read_bytes += result.bytes_read()
    progress.written_rows += result.rows_written()
    progress.written_bytes += result.bytes_written()
    progress.result_bytes += len(data)
    return data
