"""Lines as logs, code and chats have them, with things that only look like personal data."""

from typing import Final

LINES: Final = (
    "Where is order {order}? Invoice {order} of {date} came to {price}.",
    "[{stamp}] INFO request {uuid} took 12 ms, commit {sha}, build {version}",
    "etag: {md5} / sha256:{sha} / part {part}",
    "at com.shop.Cart.add(Cart.java:{part}) ~[cart-{version}.jar]",
    "Chrome/{version} Safari/{version} on {stamp}",
    "The parcel {tracking} left on {date}; EAN {isbn}",
    "position {coordinates}, loss {decimal}, epoch {epoch}",
    "Item {sku} costs {price}; {number} were sold in {years}.",
    "image: registry/shop:{version}@sha256:{sha}",
    "token count: {number}, key: {name}, secret: none, password: required",
    "requires = ['numpy=={version}', 'polars>={version}']",
    "span_id={uuid} trace={md5} attempt=3 of 5 in {years}",
    "Released {date}, supported until {date}; see section 4.2.1 and {name}.",
    "meeting id {order}, ticket {part}, flight LH {number}",
)
"""Templates without anything to find; what the slots hold, see :mod:`training.privacy.values`."""
