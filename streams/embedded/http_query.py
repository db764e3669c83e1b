"""Read a request to ClickHouse's HTTP interface: which statement, run how, answered how."""

import email.parser
import email.policy
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from streams.embedded.engine import Query, QueryError
from streams.embedded.http_body import BodyTooLargeError, RequestBody
from streams.embedded.sql_text import insert_head

_MAX_STATEMENT_BYTES = 64_000_000
_MAX_SESSION_TIMEOUT = 3600
_BAD_ARGUMENTS = 36
_NOT_IMPLEMENTED = 48
_SYNTAX_ERROR = 62

# Parameters of the interface itself; every other one is a setting of the engine.
_INTERFACE_PARAMETERS = {
    "query",
    "database",
    "default_format",
    "query_id",
    "session_id",
    "session_timeout",
    "session_check",
    "close_session",
    "client_protocol_version",
    "compress",
    "decompress",
    "buffer_size",
    "wait_end_of_query",
    "user",
    "password",
    "quota_key",
    "role",
    "stacktrace",
}


@dataclass(frozen=True)
class HttpQuery:
    """A query, and how its answer is wanted."""

    query: Query
    revision: int = 0
    """Protocol revision for which Native is written."""
    compress: bool = False
    """Whether the client asked for a compressed answer."""


def read_query(scope: Any, headers: dict[str, str], body: RequestBody) -> HttpQuery:
    """Read a request whose body is complete.

    Parameters
    ----------
    scope
        The request as ASGI has it.
    headers
        Its headers, names in small letters.
    body
        Its body, unfolded.

    Raises
    ------
    QueryError
        The request asks for what is not served, or is not understood.
    BodyTooLargeError
        The statement is longer than 64 MB.
    """
    try:
        url = scope["query_string"].decode("ascii")
        parameters = dict(parse_qsl(url, keep_blank_values=True, errors="strict"))
        form = headers.get("content-type", "").startswith("multipart/form-data")
        if form:
            parameters |= _form_fields(headers["content-type"], body.read(_MAX_STATEMENT_BYTES))
        return HttpQuery(
            _query(scope["method"], headers, parameters, None if form else body),
            revision=int(parameters.get("client_protocol_version") or 0),
            compress=parameters.get("enable_http_compression") == "1",
        )
    except UnicodeDecodeError as error:
        raise _error(_SYNTAX_ERROR, f"statement and parameters must be UTF-8: {error}") from error
    except BodyTooLargeError:
        raise
    except ValueError as error:
        raise _error(_BAD_ARGUMENTS, f"bad request: {error}") from error


def _query(
    method: str, headers: dict[str, str], parameters: dict[str, str], body: RequestBody | None
) -> Query:
    if any(parameters.get(name, "0") != "0" for name in ("compress", "decompress")):
        raise _error(
            _NOT_IMPLEMENTED,
            "compress=1 and decompress=1 are not served: use Accept-Encoding, Content-Encoding",
        )
    settings = {
        name: value
        for name, value in parameters.items()
        if name not in _INTERFACE_PARAMETERS and not name.startswith("param_")
    }
    session_id = parameters.get("session_id", "")
    if method != "POST":
        # A GET may only read. That could not be undone in a session with a name.
        settings["readonly"], session_id = "2", ""
    return Query(
        statement=_statement(parameters.get("query", "").encode(), body),
        query_id=parameters.get("query_id") or str(uuid.uuid4()),
        database=parameters.get("database") or headers.get("x-clickhouse-database", ""),
        settings=settings,
        parameters={
            name.removeprefix("param_"): value
            for name, value in parameters.items()
            if name.startswith("param_")
        },
        format=parameters.get("default_format")
        or headers.get("x-clickhouse-format")
        or "TabSeparated",
        session_id=session_id,
        session_timeout=min(float(parameters.get("session_timeout") or 60), _MAX_SESSION_TIMEOUT),
    )


def _statement(in_url: bytes, body: RequestBody | None) -> str:
    """Whole statement: the body continues the URL's, and rows to insert come from a file."""
    if body is None:
        return in_url.decode()
    prefix = in_url + b"\n" if in_url and body.size else in_url
    start = prefix + body.read_piece()
    head = insert_head(start)
    if head is None:
        return (start + body.read(_MAX_STATEMENT_BYTES)).decode()
    # Not chDB's send_insert(): it says that it has written what a full disk did not take.
    path = body.save_rest(start[head.length :])
    return f"{head.target} FROM INFILE '{path}' COMPRESSION 'none' {head.rest}"


def _form_fields(content_type: str, content: bytes) -> dict[str, str]:
    header = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(header + content)
    fields: dict[str, str] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if part.get_filename() is not None:
            raise _error(_NOT_IMPLEMENTED, "external tables are not served")
        if isinstance(name, str):
            value = part.get_payload(decode=True)
            fields[name] = value.decode() if isinstance(value, bytes) else ""
    return fields


def _error(code: int, message: str) -> QueryError:
    return QueryError(code, f"Code: {code}. DB::Exception: {message}")
