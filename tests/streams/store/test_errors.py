import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, DataError, OperationalError
from urllib3.exceptions import ReadTimeoutError

from streams.store.errors import StoreError, StoreUnavailable, store_errors

URL = "http://clickhouse:8123"


def _raised(error: Exception) -> StoreError:
    with pytest.raises(StoreError) as raised, store_errors("inserting", URL):
        raise error
    return raised.value


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (241, "memory is short"),
        (243, "the disk is full"),
        (252, "too many parts"),
        (202, "too many queries at once"),
        (242, "read-only"),
    ],
)
def test_what_passes_is_unavailable(code: int, says: str) -> None:
    error = _raised(DatabaseError(f"Code: {code}", code=code))
    assert isinstance(error, StoreUnavailable)
    assert says in str(error)
    assert URL in str(error)


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("no answer"),
        DatabaseError("HTTP 502 from a proxy"),
        ConnectionResetError("reset"),
        ReadTimeoutError(None, URL, "timed out"),  # type: ignore[arg-type]
    ],
)
def test_silence_is_unavailable(error: Exception) -> None:
    found = _raised(error)
    assert isinstance(found, StoreUnavailable)
    assert str(found).startswith(f"clickhouse.url: {URL} does not answer while inserting")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (DatabaseError("Code: 60", code=60), "run `tidewatch migrate`"),
        (DatabaseError("Code: 16", code=16), "run `tidewatch migrate`"),
        (DatabaseError("Code: 516", code=516), "check clickhouse.user and clickhouse.password"),
        (DatabaseError("Code: 62", code=62), "this will not pass by itself"),
        (DataError("a column is missing"), "this will not pass by itself"),
    ],
)
def test_what_somebody_must_put_right_says_so(error: Exception, says: str) -> None:
    found = _raised(error)
    assert not isinstance(found, StoreUnavailable)
    assert says in str(found)


def test_the_cause_is_named_without_what_wraps_it() -> None:
    error = OperationalError("HTTPConnectionPool(...): Max retries")
    error.__cause__ = ConnectionRefusedError(111, "Connection refused")
    text = str(_raised(error))
    assert "([Errno 111] Connection refused)" in text
    assert "HTTPConnectionPool" not in text


def test_other_errors_are_left_alone() -> None:
    with pytest.raises(KeyError), store_errors("inserting", URL):
        raise KeyError("a bug")
