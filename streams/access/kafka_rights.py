"""The rights that each process needs on Kafka, by the settings."""

import re
from typing import Literal

from msgspec import Struct

from schemas.topics import (
    ALERTS,
    ALL_TOPICS,
    AUDIT,
    CHANGES,
    DEAD_LETTERS,
    DELIVERIES,
    FEEDBACK,
    INFERENCE,
    PANES,
    RECENT_IDS,
    WINDOWS,
    Topic,
)
from streams.kafka import topic_name
from streams.notify.log_reader import READER_GROUP
from streams.settings import Settings

Resource = Literal["topic", "group", "transactional_id"]
Operation = Literal["read", "write", "create", "describe", "describe_configs"]


class Right(Struct, frozen=True):
    """What a user may do with a resource; ``prefixed``: with all whose names begin like this."""

    resource: Resource
    name: str
    operations: tuple[Operation, ...]
    prefixed: bool = False


class _Needs(Struct, frozen=True, kw_only=True):
    reads: tuple[Topic, ...] = ()
    writes: tuple[Topic, ...] = ()


_NEEDS = {
    "score": _Needs(
        reads=(INFERENCE, FEEDBACK, RECENT_IDS, AUDIT),
        writes=(PANES, RECENT_IDS, DEAD_LETTERS, AUDIT),
    ),
    "watch": _Needs(reads=(PANES, CHANGES, AUDIT), writes=(WINDOWS, ALERTS, DEAD_LETTERS, AUDIT)),
    "sink": _Needs(
        reads=(WINDOWS, ALERTS, DELIVERIES, FEEDBACK, CHANGES, DEAD_LETTERS, AUDIT),
        writes=(DEAD_LETTERS,),
    ),
    "notify": _Needs(reads=(ALERTS, DELIVERIES), writes=(DELIVERIES, AUDIT)),
    "judge": _Needs(reads=(INFERENCE,), writes=(FEEDBACK,)),
    "application": _Needs(writes=(INFERENCE, FEEDBACK, CHANGES)),
}
_READ_LOGS = ("score", "watch", "notify")
_READER = Right("group", READER_GROUP, ("describe",))
_REPLAYED = (INFERENCE, FEEDBACK, CHANGES, WINDOWS, ALERTS, DELIVERIES, PANES)
ROLES = (*_NEEDS, "operator")
"""The processes, the applications that are watched, and who runs commands (`migrate`, `dlq`)."""


def rights(role: str, settings: Settings) -> list[Right]:
    """What the user of a role needs. Raises ``KeyError`` for an unknown role."""
    if role == "operator":
        return _operator(settings)
    kafka, needs = settings.kafka, _NEEDS[role]
    found: dict[str, list[Operation]] = {}
    for topic in needs.reads:
        found.setdefault(topic_name(kafka, topic), []).append("read")
    for topic in needs.writes:
        found.setdefault(topic_name(kafka, topic), []).append("write")
    if role != "application":
        # A process asks at its start whether all topics are there. Reading and writing include it.
        for topic in ALL_TOPICS:
            found.setdefault(topic_name(kafka, topic), ["describe"])
    topics = [Right("topic", name, tuple(operations)) for name, operations in found.items()]
    if role in _READ_LOGS:
        topics.append(_READER)
    return topics + _own(role, settings)


def _own(role: str, settings: Settings) -> list[Right]:
    """What belongs to one process alone: its group, its transactions, its state."""
    match role:
        case "score":
            # Workers are score-0, score-1, ...: each has transactions of its own name.
            worker = settings.kafka.topic_prefix + re.sub(r"\d+$", "", settings.score.worker)
            return [
                Right("group", settings.score.group, ("read",)),
                Right("group", settings.score.feedback_group, ("read",)),
                Right("transactional_id", worker, ("write",), prefixed=True),
            ]
        case "watch":
            application = settings.watch.application
            changelog = f"{application}-state-changelog"
            return [
                Right("group", application, ("read",)),
                Right("topic", changelog, ("create", "read", "write")),
                # A partition of it is written by transactions of its own name.
                Right("transactional_id", f"{changelog}-", ("write",), prefixed=True),
            ]
        case "sink":
            return [Right("group", settings.sink.group, ("read",))]
        case "notify":
            return [Right("group", settings.notify.group, ("read",))]
        case "judge":
            return [Right("group", settings.judge.group, ("read",))]
    return []


def _operator(settings: Settings) -> list[Right]:
    """Makes topics and looks at them, replays dead letters, tells the audit."""
    names = [topic_name(settings.kafka, topic) for topic in ALL_TOPICS]
    looks: tuple[Operation, ...] = ("create", "describe", "describe_configs")
    reads = topic_name(settings.kafka, DEAD_LETTERS)
    # Where refused messages came from, and go again; and what is done by hand.
    writes = {topic_name(settings.kafka, t) for t in (*_REPLAYED, AUDIT)}
    found = [
        Right(
            "topic",
            name,
            (
                *looks,
                *(("read",) if name == reads else ()),
                *(("write",) if name in writes else ()),
            ),
        )
        for name in names
    ]
    groups = (
        settings.score.group,
        settings.score.feedback_group,
        settings.watch.application,
        settings.sink.group,
        settings.notify.group,
    )
    return [
        *found,
        _READER,
        *(Right("group", group, ("describe",)) for group in groups),
        Right("group", f"{settings.kafka.topic_prefix}tidewatch-dlq-", ("read",), prefixed=True),
    ]
