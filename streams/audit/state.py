"""What a process was started with, so far as an audit should know it."""

import getpass
import hashlib
import re
import socket

import msgspec
from pydantic import SecretStr

from schemas.audit import AuditKind
from schemas.monitors.resolved import MonitorSet
from streams.receivers.shown_url import shown_url
from streams.setting_entries import entries, shown
from streams.settings import Settings

State = dict[tuple[AuditKind, str], str]
"""Digest or value by kind and subject."""

_LONGEST = 256
_USER = re.compile(r"//[^/@]*@")
_encode = msgspec.json.Encoder(order="deterministic").encode
_BY_PLACE = frozenset({"data_dir", "score.worker", "watch.worker", "actor"})
"""Settings that tell workers apart, or who started them: no change of what is watched."""


def started_with(settings: Settings, monitors: MonitorSet) -> State:
    """Monitors and receivers by digest, settings that differ from their default by value.

    Of secrets it says whether they are set, nothing more: a digest could be guessed at.
    """
    state: State = {}
    for monitor in monitors.monitors:
        state["monitor", monitor.name] = digest(_encode(monitor))
    for receiver in monitors.receivers:
        told = {
            "type": receiver.type,
            "url": shown_url(receiver.url) if receiver.type != "apprise" else "",
            "severities": receiver.severities,
            "labels": receiver.labels,
            "send_resolved": receiver.send_resolved,
        }
        state["receiver", receiver.name] = digest(_encode(told))
    for entry in entries(settings):
        if entry.changed and entry.path not in _BY_PLACE:
            secret = isinstance(entry.value, SecretStr)
            value = "(set)" if secret else _USER.sub("//", shown(entry.value))
            state["setting", entry.path] = value[:_LONGEST]
    return state


def digest(data: bytes) -> str:
    """16 hexadecimal digits that change with what is digested."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def actor_of(settings: Settings) -> str:
    """Who started this process."""
    if settings.actor:
        return settings.actor[:_LONGEST]
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = "unknown"
    return f"{user}@{socket.gethostname()}"[:_LONGEST]
