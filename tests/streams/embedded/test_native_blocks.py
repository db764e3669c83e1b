"""Native for clients with a protocol revision, against blocks that the engine wrote."""

import httpx
import pytest

from streams.embedded.clickhouse import EmbeddedClickHouse
from streams.embedded.native_blocks import with_custom_serialization

BLOCK_INFO = bytes.fromhex("010002ffffffff00")

EXPRESSIONS = [
    "toUInt8(number)",
    "number",
    "toInt128(number)",
    "toUInt256(number)",
    "number / 3",
    "toFloat32(number)",
    "number % 2 = 0",
    "true",
    "toString(number)",
    "repeat('x', number * 100)",
    "toFixedString(toString(number), 3)",
    "toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')",
    "toIPv4(number)",
    "toIPv6('::1')",
    "toDate(number)",
    "toDate32(number)",
    "toDateTime(number)",
    "toDateTime64(number, 6, 'Europe/Berlin')",
    "toIntervalSecond(number)",
    "toDecimal32(number, 2)",
    "toDecimal64(number, 2)",
    "toDecimal128(number, 2)",
    "toDecimal256(number, 2)",
    "CAST(1, 'Enum8(\\'a, (\\' = 1, \\'b\\' = 2)')",
    "CAST(1, 'Enum16(\\'a\\' = 1)')",
    "NULL",
    "nullIf(number, 1)",
    "nullIf(toString(number), '1')",
    "toLowCardinality(toString(number % 3))",
    "toLowCardinality(nullIf(toString(number % 3), '1'))",
    "range(number)",
    "[]",
    "arrayMap(x -> arrayMap(y -> toString(y), range(x)), range(number))",
    "[nullIf(number, 1)]",
    "arrayMap(x -> toLowCardinality(toString(x)), range(number))",
    "map('k', number)",
    "CAST(map('k', [number]), 'Map(LowCardinality(String), Array(UInt64))')",
    "CAST(map(), 'Map(LowCardinality(String), String)')",
    "(number, toString(number), toLowCardinality('x'))",
    "CAST((number, 'x'), 'Tuple(n UInt64, `a, b` String)')",
    "CAST([(number, 'x')], 'Nested(n UInt64, s String)')",
    "CAST(number, 'SimpleAggregateFunction(sum, UInt64)')",
]


def native(server: EmbeddedClickHouse, query: str, **params: str) -> httpx.Response:
    return httpx.post(server.url, params={"default_format": "Native", **params}, content=query)


def header(name: str, type_name: str) -> bytes:
    return bytes([len(name)]) + name.encode() + bytes([len(type_name)]) + type_name.encode()


@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_each_column_gets_its_byte(
    clickhouse: EmbeddedClickHouse, expression: str, rows: int
) -> None:
    columns = f"SELECT materialize({expression}) AS a FROM numbers({rows})"
    single = native(clickhouse, columns).content
    assert single.startswith(bytes([1, rows, 1]) + b"a")
    values_at = 5 + single[4]
    type_name, values = single[5:values_at].decode(), single[values_at:]
    both = f"SELECT a, a AS b FROM ({columns})"
    plain = native(clickhouse, both).content
    expected = BLOCK_INFO + bytes([2, rows])
    for name in ("a", "b"):
        expected += header(name, type_name) + b"\x00" + values
    assert b"".join(with_custom_serialization(iter([plain]))) == expected
    assert native(clickhouse, both, client_protocol_version="54460").content == expected


def test_no_rows_are_no_block(clickhouse: EmbeddedClickHouse) -> None:
    query = "SELECT number FROM numbers(0)"
    assert native(clickhouse, query, client_protocol_version="54460").content == b""


def test_every_block_of_a_piece_gets_its_information(clickhouse: EmbeddedClickHouse) -> None:
    block = native(clickhouse, "SELECT number AS n FROM numbers(3)").content
    written = b"".join(with_custom_serialization(iter([block + block, block])))
    assert written.count(BLOCK_INFO) == 3
    assert len(written) == 3 * (len(block) + len(BLOCK_INFO) + 1)


def test_large_dictionary(clickhouse: EmbeddedClickHouse) -> None:
    query = "SELECT toLowCardinality(toString(number)) AS a, number AS b FROM numbers(70000)"
    query += " SETTINGS max_block_size = 70000"
    plain = native(clickhouse, query).content
    written = b"".join(with_custom_serialization(iter([plain])))
    assert len(written) == len(plain) + len(BLOCK_INFO) + 2


def test_type_without_a_fixed_layout_is_refused(clickhouse: EmbeddedClickHouse) -> None:
    query = """SELECT '{"a": 1}'::JSON AS document"""
    answer = native(clickhouse, query, client_protocol_version="54460")
    assert answer.headers["X-ClickHouse-Exception-Code"] == "50"
    assert "type JSON" in answer.text


def test_older_revision_gets_plain_blocks(clickhouse: EmbeddedClickHouse) -> None:
    query = "SELECT 1 AS n"
    plain = native(clickhouse, query).content
    assert native(clickhouse, query, client_protocol_version="54405").content == plain
