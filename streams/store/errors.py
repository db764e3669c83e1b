"""What can go wrong with ClickHouse: what passes by itself, and what somebody must put right."""

from collections.abc import Iterator
from contextlib import contextmanager

from clickhouse_connect.driver.exceptions import (
    ClickHouseError,
    DataError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)
from clickhouse_connect.driver.exceptions import Error as DriverError

_PASSING = {
    3: "an unexpected end of file",
    74: "its disk cannot be read",
    75: "its disk cannot be written",
    159: "the query took too long",
    160: "the query would take too long",
    164: "it is in read-only mode",
    201: "a quota is used up",
    202: "too many queries at once",
    203: "Keeper has no session",
    209: "a socket timeout",
    210: "a network error",
    225: "Keeper is away",
    236: "the query was aborted",
    241: "memory is short",
    242: "the table is read-only for the moment (Keeper)",
    243: "the disk is full",
    252: "too many parts: merges lag behind",
    279: "all connection tries failed",
    285: "too few live replicas",
    286: "the quorum was not met",
    319: "the state of the insert is unknown",
    373: "the session is busy",
    394: "the query was killed",
    425: "a system error",
    439: "no thread can be started",
    473: "a possible deadlock was avoided",
    519: "no data were inserted for the moment",
    574: "the query was cancelled by the client",
    745: "the server is overloaded",
    999: "a Keeper error",
}
"""ClickHouse's error codes that pass without anybody changing the request, with what they mean."""

_CALLERS_FAULT = (DataError, InterfaceError, NotSupportedError, ProgrammingError)
_UNKNOWN_DATABASE = 81
_UNKNOWN_TABLE = 60
_UNKNOWN_COLUMN = (16, 47)
_AUTHENTICATION_FAILED = (193, 194, 516)


class StoreError(RuntimeError):
    """ClickHouse refused something for good; the message says where and what to do."""


class StoreUnavailable(StoreError):
    """ClickHouse cannot take it now, but will take the same later: try again with back-off."""


class StoreNotPrepared(StoreError):
    """Tables or columns are missing: somebody has yet to run ``tidewatch migrate``."""


@contextmanager
def store_errors(doing: str, url: str) -> Iterator[None]:
    """Turn the driver's errors into :class:`StoreUnavailable` or :class:`StoreError`.

    ``doing`` and ``url`` go into the message: what was tried, and where.
    """
    try:
        yield
    except ClickHouseError as error:
        raise _translated(error, doing, url) from error
    except (OSError, EOFError) as error:
        raise _away(error, doing, url) from error
    except Exception as error:
        # urllib3's errors while an answer is read do not derive from OSError.
        if type(error).__module__.startswith("urllib3"):
            raise _away(error, doing, url) from error
        raise


def _away(error: Exception, doing: str, url: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"clickhouse.url: {url} does not answer while {doing} ({_cause(error)}): "
        "is ClickHouse running there?"
    )


def _translated(error: ClickHouseError, doing: str, url: str) -> StoreError:
    code = error.code if isinstance(error, DriverError) else None
    text = _first_line(error)
    if code in _PASSING:
        return StoreUnavailable(f"ClickHouse at {url} cannot do it now, {_PASSING[code]}: {text}")
    if code is None and not isinstance(error, _CALLERS_FAULT):
        # Without a code of ClickHouse's: no connection, a time-out, or a proxy's 5xx.
        return _away(error, doing, url)
    if code in (_UNKNOWN_DATABASE, _UNKNOWN_TABLE, *_UNKNOWN_COLUMN):
        return StoreNotPrepared(
            f"ClickHouse at {url} refused {doing}: the tables are missing or older than this "
            f"release: run `tidewatch migrate` ({text})"
        )
    if code in _AUTHENTICATION_FAILED:
        remedy = "check clickhouse.user and clickhouse.password"
    else:
        remedy = "this will not pass by itself"
    return StoreError(f"ClickHouse at {url} refused {doing}: {remedy} ({text})")


def _cause(error: BaseException) -> str:
    """What happened at the bottom: the driver and urllib3 wrap it in addresses and objects."""
    while (below := error.__cause__ or error.__context__) is not None:
        error = below
    return _first_line(error)


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:500]
