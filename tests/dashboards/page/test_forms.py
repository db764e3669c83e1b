"""Forms of the page, whole and not."""

import asyncio
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from dashboards.page.forms import MOST_BYTES, form_of


def read(*messages: dict[str, Any]) -> dict[str, str]:
    left = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(left)

    return asyncio.run(form_of(Request({"type": "http", "method": "POST"}, receive)))


def part(body: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_the_last_of_each_name_counts() -> None:
    assert read(part(b"a=1&b=&", more=True), part(b"a=%C3%A9")) == {"a": "é", "b": ""}


@pytest.mark.parametrize(
    ("messages", "status"),
    [
        ([part(b"a=1", more=True), {"type": "http.disconnect"}], 400),
        ([part(b"a=\xff")], 400),
        ([part(b"&".join([b"a=1"] * 51))], 400),
        ([part(b"a=" + b"1" * MOST_BYTES)], 413),
    ],
)
def test_what_is_no_form_is_refused(messages: list[dict[str, Any]], status: int) -> None:
    with pytest.raises(HTTPException) as refused:
        read(*messages)
    assert refused.value.status_code == status
