"""Folding: a batch of scored events to summaries of every segment and pane."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import polars as pl
from msgspec import Raw

from detectors.folding.bad_events import sample_bad_events
from detectors.folding.categories import fold_categories
from detectors.folding.distributions import fold_distributions
from detectors.folding.flags import fold_flags
from detectors.folding.groups import group
from detectors.folding.users import fold_users
from detectors.folding.vectors import fold_vectors
from detectors.summaries import USERS, Summary, encode_summary
from schemas.monitors.conditions import Condition, names_in
from schemas.panes import Example, Pane
from schemas.segments import Segmentation, segmentation
from schemas.signals import Signal, SignalKind

_IDENTITY = ("event_id", "time", "user_id", "prompt_excerpt", "response_excerpt")


def fold(
    frame: pl.DataFrame,
    signals: Sequence[Signal],
    segmentations: Sequence[Segmentation],
    *,
    pane_seconds: int,
    segment_limit: int,
    bad_events: Sequence[Condition] = (),
) -> list[Pane]:
    """Fold events into a pane for every segment and stretch of time they touch.

    However a batch is split, folding the parts and merging the panes gives what folding the whole
    gives (counts exactly, sums to rounding), as long as no segmentation passes the limit.

    Parameters
    ----------
    frame
        A row an event: ``event_id``, ``user_id``, ``prompt_excerpt`` and ``response_excerpt``
        (already redacted) as String, ``time`` as Datetime in UTC, every dimension of the
        segmentations as String (a label as ``labels.<name>``; null is ``""``), and a column a
        signal under the signal's name, null where absent.
    signals
        What to summarise. A signal with no known value in a segment's pane is left out of it.
    segmentations
        The sets of dimensions to fold by.
    pane_seconds
        Length of a pane; panes start at multiples of it since the epoch.
    segment_limit
        Most segments of a segmentation to keep apart in this call: those with most events, then
        of smallest values. The rest get :data:`~schemas.segments.OTHER` for every dimension but
        ``service_name``, and for that too where it is the only dimension or the rest spans more
        services than the limit.
    bad_events
        Conditions on signals; events that fulfil one give examples.

    Returns
    -------
    list of Pane
        Every pane carries, besides the signals, ``users``: the distinct users, where any is known.

    Raises
    ------
    ValueError
        When the frame lacks a column, or a signal is named ``users``.
    TypeError
        When a vector signal does not hold arrays of one length.
    """
    canonical = tuple(dict.fromkeys(segmentation(each) for each in segmentations))
    _check(frame, signals, canonical)
    if frame.is_empty() or not canonical:
        return []
    groups = group(frame, canonical, pane_seconds=pane_seconds, segment_limit=segment_limit)
    # What no event has is in no pane.
    known = [signal for signal in signals if frame[signal.name].null_count() < len(frame)]
    ordered = frame.select(*_IDENTITY, *(signal.name for signal in known))[groups.order]
    conditions = [each for each in bad_events if names_in(each) <= set(ordered.columns)]

    def named(*kinds: SignalKind) -> list[str]:
        return [signal.name for signal in known if signal.kind in kinds]

    folded: Iterator[tuple[int, str, Summary]] = chain(
        fold_flags(ordered, named("flag"), groups),
        fold_categories(ordered, named("category"), groups),
        fold_vectors(ordered, named("vector"), groups),
        fold_users(ordered, groups),
    )
    summaries: list[dict[str, Raw]] = [{} for _ in range(groups.rows)]
    for row, name, summary in folded:
        summaries[row][name] = Raw(encode_summary(summary))
    for row, name, encoded in fold_distributions(ordered, named("score", "amount"), groups):
        summaries[row][name] = Raw(encoded)
    examples: list[dict[str, list[Example]]] = [{} for _ in range(groups.rows)]
    for row, text, example in sample_bad_events(ordered, conditions, groups):
        examples[row].setdefault(text, []).append(example)
    return [
        Pane(start=start, segment=segment, events=events, signals=of_row, examples=bad)
        for start, segment, events, of_row, bad in zip(
            groups.starts, groups.segments, groups.events, summaries, examples, strict=True
        )
    ]


def _check(
    frame: pl.DataFrame, signals: Sequence[Signal], segmentations: Iterable[Segmentation]
) -> None:
    names = [signal.name for signal in signals]
    if USERS in names:
        raise ValueError(f"signal '{USERS}' is made by folding: rename the declared one")
    needed = {*_IDENTITY, *names, *(d for each in segmentations for d in each)}
    missing = sorted(needed - set(frame.columns))
    if missing:
        raise ValueError(f"the frame to fold lacks columns: {', '.join(missing)}")
