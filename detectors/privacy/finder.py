"""Finding personal data and secrets in many texts: one compiled scan, then a close look."""

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Final, Protocol

import numpy as np

from detectors.privacy import (
    accounts,
    addresses,
    cards,
    contexts,
    emails,
    national_ids,
    networks,
    persons,
    phones,
    postal,
    scan,
    secrets,
    services,
    tagged_names,
)
from detectors.privacy.again import said_again
from detectors.privacy.findings import Finding, Findings
from detectors.privacy.kinds import Kind
from detectors.privacy.name_model import NO_MODEL, NameModel, name_model
from detectors.privacy.vocabulary import (
    ADDRESS_CUE,
    BIRTH,
    DOCUMENT,
    GIVEN,
    MARKER,
    NAME_CUE,
    PROVIDER,
    SECRET_CUE,
    SPELT,
    STREET,
    STREET_LAST,
    vocabulary,
)
from detectors.privacy.window import Found, Window
from detectors.text.buffer import TextBuffer

LEAST_CONFIDENCE: Final = 0.3
"""What is less sure is not found."""

_Place = tuple[int, int, int, int, int]
"""Text, trigger, flags and span."""
_JOINING: Final = frozenset((b"", b" "))
"""Between parts of one name; what a line feed or a comma parts are two."""
_AS_SURE: Final = 0.5
"""Rules that are as sure need no tagger."""

_Look = Callable[[Window], Iterable[Found]]

_BEFORE: Final = 72
_ADDRESS_BEFORE: Final = 120
_AFTER: Final = 320
_ARMOUR_AFTER: Final = 20_000
_KEPT: Final = 4096


class Finder(Protocol):
    """Finds personal data in texts."""

    def __call__(self, buffer: TextBuffer) -> Findings:
        """What is in the texts, ordered by text and position, without overlaps."""
        ...


def find(buffer: TextBuffer) -> Findings:
    """Personal data and secrets in texts.

    Work is linear in the bytes: one compiled pass marks places, and each place is looked at in a
    window of a few hundred characters.

    Examples
    --------
    >>> from detectors.text.buffer import buffer_of
    >>> found = find(buffer_of(["nothing", "ann@example.org and 4111 1111 1111 1111"]))
    >>> [(int(row), item.kind.name, item.value) for row, item in zip(found.rows, found.items)]
    [(1, 'EMAIL', 'ann@example.org'), (1, 'CARD', '4111111111111111')]
    """
    return _found(buffer, name_model())


def find_by_rules(buffer: TextBuffer) -> Findings:
    """What :func:`find` finds without the tagger of names, which learns from it."""
    return _found(buffer, NO_MODEL)


def _found(buffer: TextBuffer, names: NameModel) -> Findings:
    places = scan.scan(buffer.data, buffer.starts, buffer.ends, vocabulary(), names)
    rows: list[int] = []
    items: list[Finding] = []
    row, pending, tagged, covered = -1, list[Finding](), list[_Place](), 0
    spans = buffer.starts.tolist(), buffer.ends.tolist()
    for place in zip(*(column.tolist() for column in places), strict=True):
        if place[0] != row:
            if pending or tagged:
                _settle(buffer, row, pending, tagged, rows, items)
                pending, tagged = [], []
            row, covered = place[0], 0
        if place[3] < covered:
            continue
        if place[1] == scan.NAME:
            tagged.append(place)
            continue
        found = _look(buffer.octets, spans[0][row], spans[1][row], place)
        pending += found
        if place[1] == scan.PEM and found:
            covered = found[0].end
    _settle(buffer, row, pending, tagged, rows, items)
    return Findings(len(buffer), np.array(rows, np.int64), items)


def _settle(
    buffer: TextBuffer,
    row: int,
    pending: list[Finding],
    tagged: list[_Place],
    rows: list[int],
    items: list[Finding],
) -> None:
    """Of findings that overlap keep the surest, of equals the longest; names are looked for again."""
    if tagged:
        pending = [*pending, *_tagged(buffer, row, pending, tagged)]
    if full := [each for each in pending if each.kind == Kind.PERSON and " " in each.value]:
        span = int(buffer.starts[row]), int(buffer.ends[row])
        pending = pending + said_again(buffer.octets, *span, full)
    if len(pending) > 1:
        pending = without_overlaps(pending)
    items += pending
    rows += [row] * len(pending)


def _tagged(
    buffer: TextBuffer, row: int, pending: list[Finding], tagged: list[_Place]
) -> Iterator[Finding]:
    """Names that the tagger marks and no rule has found."""
    known = sorted(
        (each.start, each.end)
        for each in pending
        if each.kind == Kind.PERSON and each.confidence >= _AS_SURE
    )
    begin, end, number = int(buffer.starts[row]), int(buffer.ends[row]), 0
    reach = begin - 1
    for place in tagged:
        between, reach = buffer.octets[reach : place[3]], place[4]
        if between in _JOINING:  # the name before it reaches on to this one
            continue
        while number < len(known) and known[number][1] <= place[3]:
            number += 1
        if number == len(known) or known[number][0] > place[3]:
            yield from _look(buffer.octets, begin, end, place)


def without_overlaps(pending: list[Finding]) -> list[Finding]:
    """Of findings that overlap the surest, of equals the longest; in the text's order."""
    in_order = sorted(set(pending), key=lambda f: (f.start, -f.end, f.kind, -f.confidence))
    kept: list[Finding] = []
    group: list[Finding] = []
    reach = -1
    for each in in_order:
        if each.start >= reach:
            kept += _chosen(group)
            group = []
        group.append(each)
        reach = max(reach, each.end)
    return kept + _chosen(group)


def _chosen(group: list[Finding]) -> list[Finding]:
    """Of findings that overlap in a chain, those that are kept.

    What is kept stays in order, so that only its two neighbours are asked: a list of names may be
    one chain of thousands.
    """
    if len(group) < 2:
        return group
    chosen: list[Finding] = []
    best = sorted(group, key=lambda f: (-f.confidence, f.start - f.end, f.kind, f.start))
    for each in best:
        place = bisect(chosen, each.start, key=attrgetter("start"))
        after = place == len(chosen) or each.end <= chosen[place].start
        if after and (place == 0 or chosen[place - 1].end <= each.start):
            chosen.insert(place, each)
    return chosen


def _look(data: bytes, begin: int, end: int, place: _Place) -> list[Finding]:
    """What is at a place that the scan marked."""
    _, trigger, flags, first, last = place
    after = _ARMOUR_AFTER if trigger == scan.PEM else _AFTER
    before = _ADDRESS_BEFORE if trigger == scan.POSTAL else _BEFORE
    left, right = max(begin, first - before), min(end, last + after)
    while left < first and data[left] & 0xC0 == 0x80:
        left += 1
    while right > last and right < end and data[right] & 0xC0 == 0x80:
        right -= 1
    octets = data[left:right]
    plain = octets.isascii()
    if plain:
        original = octets.decode("ascii")
        window = Window(original, first - left, last - left, flags)
    else:
        original = octets.decode("utf-8", "replace")
        ahead = len(data[left:first].decode("utf-8", "replace"))
        inside = len(data[first:last].decode("utf-8", "replace"))
        window = Window(original, ahead, ahead + inside, flags)
    items: list[Finding] = []
    for flag, look in _looks(trigger, flags):
        window.flags = flag
        for found in look(window):
            if found.confidence >= LEAST_CONFIDENCE:
                items.append(_placed(found, left, original, plain=plain))
    return items


def _placed(found: Found, left: int, original: str, *, plain: bool) -> Finding:
    """Where in the buffer it is that was found in a stretch from ``left`` on."""
    if plain:
        start, stop = left + found.start, left + found.end
    else:
        start = left + len(original[: found.start].encode())
        stop = start + len(original[found.start : found.end].encode())
    return Finding(start, stop, found.kind, round(found.confidence, 3), found.value)


@lru_cache(_KEPT)
def _looks(trigger: int, flags: int) -> tuple[tuple[int, _Look], ...]:
    """How a place is looked at, and the flags that its window then has."""
    if trigger == scan.WORD:
        return tuple((flag, look) for flag, look in _BY_FLAG if flags & flag)
    return tuple((flags, look) for look in _BY_TRIGGER[trigger])


_DATE: Final = re.compile(
    r"(?:(?:19|20)\d\d[-./ ](?:0?\d|1[0-2])[-./ ][0-3]?\d|[0-3]?\d[-./][0-3]?\d[-./](?:19|20)\d\d)"
    r"(?:[ .-]{1,3}\d{1,2})?|(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d"
)


def _in_number(window: Window) -> Iterator[Found]:
    """What a run of digits and signs between them may be."""
    if window.end - window.start < 16 and _DATE.fullmatch(window.text, window.start, window.end):
        return
    digits = window.flags
    yield from networks.ipv4_in(window)
    if window.text[window.end : window.end + 1] in {":", "|", "%"}:
        yield from services.numbered_in(window)
    before, after = max(window.start - 4, 0), min(window.end + 3, len(window.text))
    yield from national_ids.in_text(window, before, after, digits, lettered=True)
    yield from national_ids.told_in(window)
    if digits < 7:
        return
    if digits >= 8:
        yield from accounts.ibans_in(window)
    if digits >= 12:
        yield from cards.cards_in(window)
    yield from national_ids.in_text(window, window.start, window.end, digits, lettered=False)
    yield from national_ids.social_security_in_context(window)
    yield from phones.phones_in(window)


def _lettered_ids(window: Window) -> Iterator[Found]:
    digits = sum(map(str.isdigit, window.text[window.start : window.end]))
    yield from national_ids.in_text(window, window.start, window.end, digits, lettered=True)
    yield from national_ids.told_in(window)


_BY_TRIGGER: Final[dict[int, tuple[_Look, ...]]] = {
    scan.EMAIL: (emails.email_in,),
    scan.NUMBER: (_in_number,),
    scan.TOKEN: (secrets.keys_in,),
    scan.CODE: (accounts.ibans_in, _lettered_ids, accounts.wallets_in),
    scan.COLONS: (networks.colons_in,),
    scan.MAC: (networks.mac_in,),
    scan.URL: (emails.url_password_in,),
    scan.PEM: (secrets.private_key_in,),
    scan.POSTAL: (postal.postal_in,),
    scan.NAME: (tagged_names.tagged_in,),
}
_BY_FLAG: Final[tuple[tuple[int, _Look], ...]] = (
    (GIVEN, persons.persons_in),
    (NAME_CUE, persons.persons_in),
    (STREET | STREET_LAST, addresses.addresses_in),
    (ADDRESS_CUE, addresses.addresses_in),
    (SECRET_CUE, secrets.assigned_in),
    (PROVIDER, services.given_to_service),
    (MARKER, services.marked_in),
    (BIRTH, contexts.in_context),
    (DOCUMENT, contexts.in_context),
    (SPELT, emails.spelt_email_in),
)
