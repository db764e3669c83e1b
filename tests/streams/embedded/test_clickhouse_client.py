"""clickhouse-connect against the embedded ClickHouse, as the project and analysts use it."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import clickhouse_connect
import pandas as pd
import pyarrow as pa
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError

from streams.embedded.clickhouse import EmbeddedClickHouse


@pytest.fixture
def client(clickhouse: EmbeddedClickHouse) -> Iterator[Client]:
    """A client with a database of its own."""
    name = f"test_{uuid.uuid4().hex}"
    admin = clickhouse_connect.get_client(host=clickhouse.host, port=clickhouse.port)
    admin.command(f"CREATE DATABASE {name}")
    client = clickhouse_connect.get_client(
        host=clickhouse.host, port=clickhouse.port, database=name
    )
    yield client
    client.close()
    admin.command(f"DROP DATABASE {name}")
    admin.close()


def test_every_type_comes_back_as_it_went_in(client: Client) -> None:
    columns = {
        "n": "UInt64",
        "small": "Int8",
        "ratio": "Float64",
        "flag": "Bool",
        "text": "String",
        "label": "LowCardinality(String)",
        "maybe": "Nullable(Int32)",
        "maybe_label": "LowCardinality(Nullable(String))",
        "id": "UUID",
        "day": "Date",
        "at": "DateTime64(3, 'UTC')",
        "amount": "Decimal(18, 4)",
        "kind": "Enum8('a' = 1, 'b' = 2)",
        "fixed": "FixedString(2)",
        "address": "IPv4",
        "vector": "Array(Float32)",
        "nested": "Array(Array(String))",
        "attributes": "Map(LowCardinality(String), String)",
        "buckets": "Map(Int32, UInt64)",
        "pair": "Tuple(UInt8, String)",
    }
    definition = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    client.command(f"CREATE TABLE t ({definition}) ENGINE = MergeTree ORDER BY n")
    row = (
        2**63 + 1,
        -5,
        0.1,
        True,
        "naïve 文字 \x00 '\\ \n",
        "red",
        None,
        None,
        uuid.UUID("61f0c404-5cb3-11e7-907b-a6006ad3dba0"),
        date(2024, 2, 29),
        datetime(2024, 2, 29, 12, 30, 15, 123000, UTC),
        Decimal("-12.3456"),
        "b",
        b"xy",
        "10.0.0.1",
        [0.5, -1.5],
        [["a"], []],
        {"k": "v", "": "empty"},
        {-3: 7, 12: 2**40},
        (1, "one"),
    )
    other = (0, 0, 0.0, False, "", "", 7, "x", uuid.UUID(int=0), date(1970, 1, 1))
    other += (datetime(1970, 1, 1, tzinfo=UTC), Decimal("0.0000"), "a", b"zz", "0.0.0.0")
    other += ([], [], {}, {}, (0, ""))
    summary = client.insert("t", [row, other], list(columns))
    assert summary.written_rows == 2
    result = client.query("SELECT * FROM t ORDER BY n DESC")
    assert [kind.name for kind in result.column_types] == list(columns.values())
    read = [[str(v) if k == "address" else v for k, v in r.items()] for r in result.named_results()]
    for values in read:
        # Times come without zone where the column's is UTC.
        at = list(columns).index("at")
        values[at] = values[at].replace(tzinfo=UTC)
    assert read == [list(row), list(other)]


@pytest.mark.parametrize("compression", ["lz4", "zstd", "gzip", False])
def test_large_insert_and_result(clickhouse: EmbeddedClickHouse, compression: str | bool) -> None:
    client = clickhouse_connect.get_client(
        host=clickhouse.host, port=clickhouse.port, compress=compression
    )
    name = f"large_{uuid.uuid4().hex}"
    client.command(f"CREATE TABLE {name} (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
    table = pa.table(
        {
            "n": pa.array(range(100_000), pa.uint64()),
            "s": pa.array([f"row {n} " * 20 for n in range(100_000)]),
        }
    )
    assert client.insert_arrow(name, table).written_rows == 100_000
    assert (
        client.query_arrow(f"SELECT * FROM {name} ORDER BY n", use_strings=True)
        .cast(table.schema)
        .equals(table)
    )
    columns = client.query(f"SELECT * FROM {name} ORDER BY n").result_columns
    assert list(columns[1]) == table["s"].to_pylist()
    client.insert(name, [[n, "list"] for n in range(100_000)], ["n", "s"])
    assert client.command(f"SELECT count() FROM {name}") == 200_000
    client.command(f"DROP TABLE {name}")


def test_data_frames(client: Client) -> None:
    client.command("CREATE TABLE t (n Int64, s String) ENGINE = MergeTree ORDER BY n")
    frame = pd.DataFrame({"n": [1, 2, 3], "s": ["a", "b", "c"]})
    client.insert_df("t", frame)
    read = client.query_df("SELECT * FROM t ORDER BY n")
    assert read.to_dict("list") == frame.to_dict("list")


def test_streams_block_by_block(client: Client) -> None:
    query = "SELECT number AS n FROM numbers(1000000) SETTINGS max_block_size = 50000"
    with client.query_column_block_stream(query) as stream:
        sizes = [len(block[0]) for block in stream]
    assert sum(sizes) == 1_000_000
    assert len(sizes) > 1
    with client.query_arrow_stream("SELECT number FROM numbers(200000)") as batches:
        assert sum(batch.num_rows for batch in batches) == 200_000


def test_a_stream_left_early_does_not_disturb_the_next_query(client: Client) -> None:
    with client.query_row_block_stream("SELECT number FROM numbers(100000000)") as stream:
        next(stream)
    assert client.command("SELECT 1") == 1


def test_error_in_the_middle_of_a_stream_reaches_the_client(client: Client) -> None:
    query = "SELECT throwIf(number = 5000000, 'too far') FROM numbers(10000000)"
    with (
        pytest.raises(StreamFailureError, match="too far"),
        client.query_column_block_stream(query, settings={"max_threads": 1}) as stream,
    ):
        for _ in stream:
            pass


def test_parameters(client: Client) -> None:
    text = 'it\'s \\ "quoted"\t\n; -- {x:String} 文字'
    result = client.query(
        "SELECT {text:String}, {list:Array(String)}, {n:UInt64}, {none:Nullable(Int8)},"
        " {at:DateTime64(3, 'UTC')}",
        parameters={
            "text": text,
            "list": ["a'b", "c\\"],
            "n": 2**64 - 1,
            "none": None,
            "at": datetime(2024, 1, 2, 3, 4, 5, 678000, UTC),
        },
    )
    *values, at = result.result_rows[0]
    assert values == [text, ["a'b", "c\\"], 2**64 - 1, None]
    assert at.replace(tzinfo=UTC) == datetime(2024, 1, 2, 3, 4, 5, 678000, UTC)


def test_parameters_too_long_for_an_address_go_as_a_form(client: Client) -> None:
    text = "long; " * 100_000
    result = client.query("SELECT length({text:String})", parameters={"text": text})
    assert result.result_rows == [(len(text),)]


def test_settings_hold_for_their_query_only(client: Client) -> None:
    read = "SELECT getSetting('max_block_size')"
    default = client.query(read).result_rows
    assert client.query(read, settings={"max_block_size": 123}).result_rows == [(123,)]
    assert client.query(read).result_rows == default


def test_temporary_table_lives_in_the_client_s_session(client: Client) -> None:
    client.command("CREATE TEMPORARY TABLE mine (n UInt8)")
    client.insert("mine", [[7]], ["n"], column_type_names=["UInt8"])
    assert client.command("SELECT n FROM mine") == 7
    other = clickhouse_connect.get_client(dsn=client.url.replace("http", "clickhouse"))
    with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
        other.command("SELECT n FROM mine")
    other.close()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELEC 1", 62),
        ("SELECT * FROM missing", 60),
        ("SELECT missing", 47),
        ("SELECT missing()", 46),
        ("SELECT * FROM missing.t", 81),
        ("SELECT 1 SETTINGS missing = 1", 115),
        ("SELECT {p:UInt8}", 456),
        ("SELECT toUInt8('x')", 6),
        (
            "SELECT sum(cityHash64(number)) FROM numbers(1e12) SETTINGS max_execution_time = 0.2",
            159,
        ),
        ("SELECT groupArray(number) FROM numbers(1e9) SETTINGS max_memory_usage = 50000000", 241),
        ("SELECT 1; SELECT 2", 62),
        ("CREATE TABLE twice (n Int8) ENGINE = Memory; DROP TABLE twice", 62),
        ("INSERT INTO missing VALUES (1)", 60),
        ("SELECT 1 FORMAT Missing", 73),
    ],
)
def test_errors_have_the_server_s_code(client: Client, statement: str, code: int) -> None:
    with pytest.raises(DatabaseError) as failure:
        client.raw_query(statement)
    assert failure.value.code == code
    assert "chdb" not in str(failure.value).lower()


def test_insert_that_does_not_fit_says_so(client: Client) -> None:
    client.command("CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n")
    with pytest.raises(DatabaseError) as failure:
        client.raw_insert("t", ["n"], b"not a number\n", fmt="CSV")
    assert failure.value.code == 117
    assert client.command("SELECT count() FROM t") == 0


@pytest.mark.parametrize("place", ["url", "body"])
@pytest.mark.parametrize(
    ("fmt", "rows"),
    [
        ("CSV", b'1,"FORMAT x"\n2,b\n'),
        ("JSONEachRow", b'{"n":1,"s":"FORMAT x"}\n{"n":2,"s":"b"}\n'),
        ("Values", b"(1,'FORMAT x'),(2,'b')"),
        ("TabSeparated", b"1\tFORMAT x\n2\tb\n"),
    ],
)
def test_inserts_in_other_formats(client: Client, place: str, fmt: str, rows: bytes) -> None:
    client.command("CREATE TABLE t (n UInt8, s String) ENGINE = MergeTree ORDER BY n")
    if place == "url":
        client.raw_insert("t", ["n", "s"], rows, fmt=fmt)
    else:
        client.raw_query(f"INSERT INTO t (n, s) FORMAT {fmt}\n{rows.decode()}")
    assert client.query("SELECT * FROM t").result_rows == [(1, "FORMAT x"), (2, "b")]


def test_replacing_merge_tree_final(client: Client) -> None:
    client.command(
        "CREATE TABLE t (id String, version UInt64, value String)"
        " ENGINE = ReplacingMergeTree(version) ORDER BY id"
    )
    for version, value in ((1, "first"), (3, "last"), (2, "late")):
        client.insert("t", [["a", version, value]], ["id", "version", "value"])
    assert client.query("SELECT value FROM t FINAL").result_rows == [("last",)]
    client.command("OPTIMIZE TABLE t FINAL")
    assert client.query("SELECT value FROM t").result_rows == [("last",)]


def test_ddl(client: Client) -> None:
    client.command("CREATE TABLE t (n UInt8 COMMENT 'a number') ENGINE = MergeTree ORDER BY n")
    client.command("ALTER TABLE t ADD COLUMN s String DEFAULT 'x'")
    client.command("CREATE VIEW v AS SELECT n, s FROM t")
    client.command(
        "CREATE TABLE sums (n UInt8, s SimpleAggregateFunction(sum, UInt64))"
        " ENGINE = AggregatingMergeTree ORDER BY n"
    )
    client.command("CREATE MATERIALIZED VIEW m TO sums AS SELECT n, toUInt64(1) AS s FROM t")
    client.insert("t", [[1], [1]], ["n"])
    assert client.query("SELECT * FROM v").result_rows == [(1, "x"), (1, "x")]
    assert client.query("SELECT n, sum(s) FROM sums GROUP BY n").result_rows == [(1, 2)]
    assert str(client.command("SHOW TABLES")).split() == ["m", "sums", "t", "v"]
    assert client.query("DESCRIBE TABLE t").result_rows[0][:2] == ("n", "UInt8")
    assert client.command("EXISTS TABLE t") == 1
    client.command("ALTER TABLE t DELETE WHERE n = 1 SETTINGS mutations_sync = 2")
    assert client.command("SELECT count() FROM t") == 0


def test_clients_work_side_by_side(clickhouse: EmbeddedClickHouse, client: Client) -> None:
    client.command("CREATE TABLE t (writer UInt8, n UInt64) ENGINE = MergeTree ORDER BY n")
    failures: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            own = clickhouse_connect.get_client(
                host=clickhouse.host, port=clickhouse.port, database=client.database
            )
            for start in range(0, 2000, 100):
                own.insert("t", [[writer, n] for n in range(start, start + 100)], ["writer", "n"])
                own.query("SELECT count() FROM t")
        except BaseException as failure:
            failures.append(failure)
            raise

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    assert not failures
    rows = client.query("SELECT writer, count(), uniqExact(n) FROM t GROUP BY writer ORDER BY 1")
    assert rows.result_rows == [(writer, 2000, 2000) for writer in range(8)]


def test_a_long_query_does_not_hold_up_others(
    clickhouse: EmbeddedClickHouse, client: Client
) -> None:
    client.command("CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
    began, ended = threading.Event(), threading.Event()

    def read() -> None:
        own = clickhouse_connect.get_client(host=clickhouse.host, port=clickhouse.port)
        began.set()
        with pytest.raises(DatabaseError, match="TIMEOUT_EXCEEDED"):
            own.query(
                "SELECT sum(cityHash64(number)) FROM numbers(1e12)",
                settings={"max_execution_time": 5, "max_threads": 1},
            )
        ended.set()

    reader = threading.Thread(target=read)
    reader.start()
    began.wait()
    client.insert("t", [[1]], ["n"])
    assert client.command("SELECT count() FROM t") == 1
    assert not ended.is_set()
    reader.join()
    assert ended.is_set()
