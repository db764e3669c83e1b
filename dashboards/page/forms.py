"""Reading the forms of the page."""

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MOST_BYTES = 2 * 1024**2


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name. Refuses more than two megabytes."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise HTTPException(413, f"A form may have {MOST_BYTES:,} bytes.")
    except ClientDisconnect as error:
        # Nobody waits for the answer; it only ends the request without a traceback in the log.
        raise HTTPException(400, "The form did not come whole.") from error
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=50))
    except ValueError as error:
        raise HTTPException(400, "The form cannot be read.") from error
