"""ClickHouse's Native format for clients that ask for a protocol revision.

The engine writes Native as for a client without one (revision 0). From some revisions on a server
adds to it, which clients such as clickhouse-go count on when they send
``client_protocol_version``: block information, and one byte a column about its serialization.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from clickhouse_connect.datatypes import registry
from clickhouse_connect.driver.buffer import ResponseBuffer
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.query import QueryContext

from streams.embedded.engine import QueryError

_UNKNOWN_TYPE = 50
_REVISION_WITH_CUSTOM_SERIALIZATION = 54454
# Field 1, is_overflows: no; field 2, bucket_num: -1; end of fields.
_BLOCK_INFO = b"\x01\x00\x02\xff\xff\xff\xff\x00"
_DEFAULT_SERIALIZATION = b"\x00"


def with_revision(pieces: Iterator[bytes], revision: int) -> Iterator[bytes]:
    """Write Native of revision 0 as a server does for a client of a higher ``revision``.

    Parameters
    ----------
    pieces
        Each of whole blocks.
    revision
        What the client sent as ``client_protocol_version``.

    Raises
    ------
    QueryError
        Between two pieces: a column's type is one that clickhouse-connect cannot read.
    """
    for piece in pieces:
        try:
            yield b"".join(_parts(piece, revision))
        except (ClickHouseError, NotImplementedError, LookupError, ValueError) as error:
            raise QueryError(
                _UNKNOWN_TYPE, f"Code: {_UNKNOWN_TYPE}. DB::Exception: {error}"
            ) from error


def _parts(blocks: bytes, revision: int) -> Iterator[bytes]:
    # clickhouse-connect's own readers tell where a column ends, for every type it knows.
    buffer: Any = ResponseBuffer(SimpleNamespace(gen=iter(())))  # type: ignore[no-untyped-call]
    buffer.buffer, buffer.buf_sz = blocks, len(blocks)
    context = QueryContext()
    start = 0
    while buffer.buf_loc < len(blocks):
        yield _BLOCK_INFO
        columns, rows = buffer.read_leb128(), buffer.read_leb128()
        for _ in range(columns):
            buffer.read_leb128_str()
            column_type = registry.get_from_name(buffer.read_leb128_str())
            if revision >= _REVISION_WITH_CUSTOM_SERIALIZATION:
                yield blocks[start : buffer.buf_loc]
                yield _DEFAULT_SERIALIZATION
                start = buffer.buf_loc
            if rows:
                column_type.read_column(buffer, rows, context)
        yield blocks[start : buffer.buf_loc]
        start = buffer.buf_loc
