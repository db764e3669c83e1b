"""ClickHouse's Native format for clients that ask for a protocol revision.

The engine writes Native as for a client without one. From revision 54454 on, that of clickhouse-go
and so of Grafana's plugin, a server puts information before each block and a byte about its
serialization before each column's values. Where a column ends only its type tells, so this module
walks over the values of every type that has a fixed layout.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from streams.embedded.engine import QueryError

REVISION_WITH_CUSTOM_SERIALIZATION = 54454
# Field 1, is_overflows: no; field 2, bucket_num: -1; end of fields.
_BLOCK_INFO = b"\x01\x00\x02\xff\xff\xff\xff\x00"
_DEFAULT_SERIALIZATION = b"\x00"
_UNKNOWN_TYPE = 50

_WIDTHS = {
    **dict.fromkeys(("UInt8", "Int8", "Bool", "Enum8", "Nothing"), 1),
    **dict.fromkeys(("UInt16", "Int16", "Date", "Enum16", "BFloat16"), 2),
    **dict.fromkeys(("UInt32", "Int32", "Float32", "Date32", "DateTime", "IPv4", "Time"), 4),
    **dict.fromkeys(("UInt64", "Int64", "Float64", "DateTime64", "Time64"), 8),
    **dict.fromkeys(("UInt128", "Int128", "UUID", "IPv6"), 16),
    **dict.fromkeys(("UInt256", "Int256"), 32),
}
_TYPE = re.compile(r"(\w+)(?:\((.*)\))?", re.DOTALL)
_ARGUMENT = re.compile(r"'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[(),]|[^'`(),]+", re.DOTALL)
_ELEMENT_NAME = re.compile(r"(?:`(?:[^`\\]|\\.)*`|\w+) +")

# Takes the bytes, where a column's values begin and how many there are; returns where they end.
_Walk = Callable[[bytes, int, int], int]


def with_custom_serialization(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Write Native as for a client of a revision from 54454 on.

    Parameters
    ----------
    pieces
        Native as the engine writes it, each piece of whole blocks.

    Raises
    ------
    QueryError
        Between two pieces: a column has a type without a fixed layout, such as JSON.
    """
    for piece in pieces:
        yield b"".join(_parts(piece))


def _parts(blocks: bytes) -> Iterator[bytes]:
    at = done = 0
    while at < len(blocks):
        yield _BLOCK_INFO
        columns, at = _varint(blocks, at)
        rows, at = _varint(blocks, at)
        for _ in range(columns):
            length, at = _varint(blocks, at)
            length, at = _varint(blocks, at + length)
            type_name = blocks[at : at + length].decode()
            at += length
            yield blocks[done:at]
            yield _DEFAULT_SERIALIZATION
            done = at
            if rows:
                prefix, walk = _layout(type_name)
                at = walk(blocks, at + prefix, rows)
        yield blocks[done:at]
        done = at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while (byte := data[at]) & 0x80:
        value |= (byte & 0x7F) << shift
        shift += 7
        at += 1
    return value | byte << shift, at + 1


def _uint64(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")


@lru_cache(maxsize=1024)
def _layout(type_name: str) -> tuple[int, _Walk]:
    """Bytes of state before a column's values, and how to walk over these."""
    match = _TYPE.fullmatch(type_name.strip())
    name, inner = (match[1], match[2] or "") if match else ("", "")
    if name == "String":
        return 0, _walk_strings
    if name == "LowCardinality":
        return 8, _low_cardinality(inner)
    if name == "SimpleAggregateFunction":
        return _layout(_arguments(inner)[-1])
    if name in {"Nullable", "Array", "Map", "Nested", "Tuple"}:
        elements = [_layout(_ELEMENT_NAME.sub("", part, count=1)) for part in _arguments(inner)]
        prefix = sum(element[0] for element in elements)
        walk = _one_after_the_other([element[1] for element in elements])
        if name == "Tuple":
            return prefix, walk
        return prefix, _nullable(walk) if name == "Nullable" else _array(walk)
    width = _width(name, inner)
    return 0, lambda _, at, rows: at + rows * width


def _width(name: str, inner: str) -> int:
    if name.startswith("Interval"):
        return 8
    if name == "FixedString":
        return int(inner)
    if name == "Decimal":
        digits = int(inner.split(",", maxsplit=1)[0])
        return next(
            width for most, width in ((9, 4), (18, 8), (38, 16), (76, 32)) if digits <= most
        )
    if name not in _WIDTHS:
        raise QueryError(
            _UNKNOWN_TYPE,
            f"Code: {_UNKNOWN_TYPE}. DB::Exception: a column of type {name} cannot be sent to this"
            " client: convert it, for instance with toString(). (UNKNOWN_TYPE)",
        )
    return _WIDTHS[name]


def _arguments(inner: str) -> list[str]:
    """Split a type's arguments at the commas between them."""
    arguments, depth = [""], 0
    for piece in _ARGUMENT.findall(inner):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "," and depth == 0:
            arguments.append("")
        else:
            arguments[-1] += piece
    return [argument.strip() for argument in arguments]


def _walk_strings(data: bytes, at: int, rows: int) -> int:
    for _ in range(rows):
        length, at = _varint(data, at)
        at += length
    return at


def _one_after_the_other(walks: list[_Walk]) -> _Walk:
    def walk(data: bytes, at: int, rows: int) -> int:
        for element in walks:
            at = element(data, at, rows)
        return at

    return walk


def _nullable(values: _Walk) -> _Walk:
    return lambda data, at, rows: values(data, at + rows, rows)


def _array(values: _Walk) -> _Walk:
    def walk(data: bytes, at: int, rows: int) -> int:
        if rows == 0:
            return at
        at += 8 * rows
        return values(data, at, _uint64(data, at - 8))

    return walk


def _low_cardinality(inner: str) -> _Walk:
    # The dictionary holds a Nullable's values without the map of nulls.
    match = re.fullmatch(r"Nullable\((.*)\)", inner, re.DOTALL)
    _, keys = _layout(match[1] if match else inner)

    def walk(data: bytes, at: int, rows: int) -> int:
        while rows > 0:
            index_bytes = 1 << data[at]
            at = keys(data, at + 16, _uint64(data, at + 8))
            indexes = _uint64(data, at)
            at += 8 + indexes * index_bytes
            rows -= indexes
        return at

    return walk
