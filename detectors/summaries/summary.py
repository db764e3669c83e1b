"""Any summary: which belongs to a kind of signal, how it is encoded, how sets of them merge."""

from collections.abc import Callable, Sequence
from struct import Struct as Layout
from typing import Final

import msgspec

from detectors.summaries.cardinality import Cardinality
from detectors.summaries.category_counts import CategoryCounts
from detectors.summaries.distribution import Distribution
from detectors.summaries.flag_counts import FlagCounts
from detectors.summaries.vector_sum import VectorSum
from schemas.decoding import bounded
from schemas.signals import SignalKind

Summary = FlagCounts | Distribution | CategoryCounts | Cardinality | VectorSum

USERS: Final = "users"
"""Name under which every segment carries the :class:`Cardinality` of its users."""

_BY_KIND: Final[dict[SignalKind, type[Summary]]] = {
    "flag": FlagCounts,
    "score": Distribution,
    "amount": Distribution,
    "category": CategoryCounts,
    "vector": VectorSum,
}

_encoder = msgspec.msgpack.Encoder()
_decode: Callable[[bytes | msgspec.Raw], Summary] = bounded(msgspec.msgpack.Decoder(Summary).decode)
_decode_list: Callable[[bytes], list[Summary]] = bounded(
    msgspec.msgpack.Decoder(list[Summary]).decode
)
_ARRAY: Final = Layout(">BI")
"""The head of a MessagePack array of any length."""


def summary_for(kind: SignalKind) -> type[Summary]:
    """The summary's class for signals of this kind.

    >>> summary_for("flag").empty()
    FlagCounts(count=0, positive=0)
    """
    return _BY_KIND[kind]


def encode_summary(summary: Summary) -> bytes:
    """The summary as MessagePack; :func:`decode_summary` gives an equal one."""
    return _encoder.encode(summary)


def decode_summary(raw: bytes | msgspec.Raw) -> Summary:
    """The summary of these bytes.

    Fields that a later release appended are passed over. Raises ``msgspec.DecodeError`` when the
    bytes hold no summary, or one of a kind that this release does not know.
    """
    try:
        return _decode(raw)
    except msgspec.ValidationError as error:
        raise msgspec.ValidationError(
            f"{error}: no summary that this release reads; if a later one wrote it, upgrade this "
            "process first"
        ) from None


def decode_summaries(raws: Sequence[bytes | msgspec.Raw]) -> list[Summary]:
    """The summaries of these, each as of :func:`decode_summary`: of many, a third of the time."""
    try:
        return _decode_list(b"".join((_ARRAY.pack(0xDD, len(raws)), *raws)))
    except msgspec.DecodeError:
        return [decode_summary(raw) for raw in raws]


def merge_summaries(left: Summary, right: Summary) -> Summary:
    """Both together. Raises ``TypeError`` when they are of different classes."""
    if type(left) is not type(right):
        raise TypeError(
            f"{type(left).__name__} does not merge with {type(right).__name__}: "
            "a signal that changes its kind needs a new name"
        )
    return left.merge(right)  # type: ignore[arg-type]


def merge_signals(left: dict[str, Summary], right: dict[str, Summary]) -> dict[str, Summary]:
    """Summaries by signal, those in both merged.

    Raises ``TypeError`` naming the signal when its summaries are of different classes.
    """
    merged = left.copy()
    for name, summary in right.items():
        mine = merged.get(name)
        try:
            merged[name] = summary if mine is None else merge_summaries(mine, summary)
        except TypeError as error:
            raise TypeError(f"signal {name}: {error}") from None
    return merged
