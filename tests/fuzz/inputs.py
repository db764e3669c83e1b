"""Bad inputs made of good ones: bytes that are changed, and documents whose values are."""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import msgspec

Make = Callable[[Random], Any]
"""Makes an input; the same from the same state of the generator."""

_TOKENS = (
    b"",
    b"\x00",
    b"\xff",
    b"\xc3\x28",
    b"\\ud800",
    b"[" * 2_000,
    b'{"a":' * 2_000,
    b"\x91" * 2_000,
    b"\xdd\xff\xff\xff\xff",
    b"\xc6\xff\xff\xff\xff",
    b"&a [*a,*a]",
    b"!!python/object:os.system x",
    b"<<: *x",
    b"${HOME}",
    b"file:/etc/passwd",
    b"9" * 400,
    b"1e309",
    b"-0",
    b"NaN",
    b"null",
    b"\r\n\r\n",
    b"%00",
    b"../../",
    b"' OR 1=1; --",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
)
_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    5e-324,
    2**53 + 1,
    2**63,
    -(2**63),
    "",
    " ",
    "\u0000",
    "\u202e\ufeff",
    "x" * 300,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "NaN",
    "1h" * 50,
    "999999999999d",
    "a.b[0]",
    "*",
    "__other__",
    [],
    {},
    [[]],
    {"": ""},
    ["x"] * 300,
    {"ref": {"ref": {}}},
)
_DEEP = 60


def changed_bytes(seeds: Sequence[bytes]) -> Make:
    """A seed with up to six places cut, doubled, overwritten, or joined with another's."""

    def make(rng: Random) -> bytes:
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.randint(1, 6)):
            at, length = rng.randint(0, len(data)), rng.randint(1, 40)
            match rng.randint(0, 5):
                case 0:
                    del data[at : at + length]
                case 1:
                    data[at:at] = rng.choice(_TOKENS)
                case 2:
                    data[at : at + length] = rng.choice(_TOKENS)
                case 3:
                    data[at:at] = data[at : at + length]
                case 4 if data:
                    data[min(at, len(data) - 1)] = rng.randint(0, 255)
                case _:
                    other = rng.choice(seeds)
                    data[at:] = other[rng.randint(0, len(other)) :]
        return bytes(data)

    return make


def changed_document(seeds: Sequence[Any]) -> Make:
    """A plain document with up to three of its values replaced, removed, renamed or deepened."""

    def make(rng: Random) -> Any:
        document = copy.deepcopy(rng.choice(seeds))
        for _ in range(rng.randint(1, 3)):
            places = list(_places(document))
            if not places:
                break
            holder, key = rng.choice(places)
            match rng.randint(0, 5):
                case 0 if isinstance(holder, dict):
                    del holder[key]
                case 1 if isinstance(holder, dict):
                    holder[rng.choice(["", "x", "metadata", "spec", "kind"])] = copy.deepcopy(
                        holder[key]
                    )
                case 2:
                    for _ in range(_DEEP):
                        holder[key] = [holder[key]]
                case 3:
                    other, name = rng.choice(places)
                    if name in other or isinstance(other, list):
                        holder[key] = copy.deepcopy(other[name])
                case _:
                    holder[key] = copy.deepcopy(rng.choice(_VALUES))
        return document

    return make


def json_inputs(seeds: Sequence[bytes]) -> Make:
    """Changed JSON documents, and changed bytes of them."""
    whole = changed_document([json.loads(seed) for seed in seeds])
    return either(lambda rng: json.dumps(whole(rng)).encode(), changed_bytes(seeds))


def packed_inputs(seeds: Sequence[bytes]) -> Make:
    """Changed MessagePack, by its values and by its bytes."""
    whole = changed_document([msgspec.msgpack.decode(seed) for seed in seeds])
    encode = msgspec.msgpack.Encoder().encode
    return either(lambda rng: encode(small(whole(rng))), changed_bytes(seeds))


def text(make: Make) -> Make:
    """The same as text; what is no UTF-8 is replaced."""
    return lambda rng: make(rng).decode("utf-8", "replace")


def either(*makes: Make) -> Make:
    """One of several ways, each as often."""
    return lambda rng: rng.choice(makes)(rng)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (holder, key) of a document."""
    match value:
        case dict():
            pairs: Any = list(value.items())
        case list():
            pairs = list(enumerate(value))
        case _:
            return
    for key, child in pairs:
        yield value, key
        yield from _places(child)


def small(value: Any) -> Any:
    """The value with whole numbers that MessagePack can hold."""
    match value:
        case dict():
            return {key: small(child) for key, child in value.items()}
        case list():
            return [small(child) for child in value]
        case int() if not -(2**63) <= value < 2**64:
            return 0
        case _:
            return value
