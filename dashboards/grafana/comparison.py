"""A declared dashboard beside what Grafana has."""

import difflib
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

State = Literal["new", "same", "outdated", "edited", "foreign", "provisioned"]
"""``new``: Grafana has none. ``same``: as declared. ``outdated``: as an earlier release pushed it.
``edited``: somebody saved it since. ``foreign``: something else has its uid. ``provisioned``: it
belongs to a file on Grafana's server."""

_MARK = "tidewatch "
_GIVEN_BY_GRAFANA = ("id", "version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What Grafana has of one dashboard; ``diff`` leads from that to the declared one."""

    uid: str
    title: str
    state: State
    diff: str
    remote: dict[str, Any] | None


def digest_message(declared: dict[str, Any]) -> str:
    """The message of a version that we save: it tells our versions from those of people."""
    digest = hashlib.blake2b(_canonical(declared).encode(), digest_size=8).hexdigest()
    return f"{_MARK}{digest}"


def compare(
    declared: dict[str, Any], remote: dict[str, Any] | None, last_message: str, tag: str
) -> Comparison:
    """Compare.

    Parameters
    ----------
    declared
        The dashboard as declared.
    remote
        What Grafana answers for its uid (``dashboard`` and ``meta``); ``None``: nothing.
    last_message
        Message of its newest version.
    tag
        The tag that all of ours carry.
    """
    found = remote["dashboard"] if remote else {}
    state = _state(declared, remote, last_message, tag)
    lines = difflib.unified_diff(
        _canonical(found).splitlines() if remote else [],
        _canonical(declared).splitlines(),
        f"{declared['uid']} in Grafana",
        f"{declared['uid']} as declared",
        lineterm="",
        n=2,
    )
    return Comparison(
        uid=declared["uid"],
        title=declared["title"],
        state=state,
        diff="" if state == "same" else "\n".join(lines),
        remote=remote,
    )


def _state(
    declared: dict[str, Any], remote: dict[str, Any] | None, last_message: str, tag: str
) -> State:
    if remote is None:
        return "new"
    # Grafana may write what it is given a little differently: our own message is proof as well.
    if _canonical(remote["dashboard"]) == _canonical(declared) or last_message == digest_message(
        declared
    ):
        return "same"
    if remote["meta"].get("provisioned"):
        return "provisioned"
    if tag not in remote["dashboard"].get("tags", []):
        return "foreign"
    return "outdated" if last_message.startswith(_MARK) else "edited"


def _canonical(dashboard: dict[str, Any]) -> str:
    kept = {name: value for name, value in dashboard.items() if name not in _GIVEN_BY_GRAFANA}
    return json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False)
