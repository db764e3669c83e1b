"""The page in plain words: what moved, how far, and how sure that is."""

from collections.abc import Sequence
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec import Struct

from dashboards.page.numbers import interval, moment, quantity
from dashboards.reports.shifts import LEVEL, MOVED, Shift
from schemas.quantity_words import SHARE, plain
from schemas.segments import Segment, segment_label


class Stretch(Struct, frozen=True, kw_only=True):
    """One side: what it is called, from when to when, how many events, of how many."""

    name: str
    begin: datetime
    end: datetime
    events: int
    sampled_from: int


class ReportFacts(Struct, frozen=True, kw_only=True):
    """What a report is about. ``evidently`` is the file of Evidently's report beside the page."""

    kind: str
    segment: Segment
    reference: Stretch
    current: Stretch
    evidently: str
    made_at: datetime


def plain_page(facts: ReportFacts, shifts: Sequence[Shift]) -> str:
    """The page as HTML that stands alone."""
    environment = Environment(
        loader=PackageLoader("dashboards.reports"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {"quantity": quantity, "moment": moment, "plain": plain}
    moved = [shift for shift in shifts if shift.verdict == "moved"]
    return environment.get_template("summary.html").render(
        facts=facts,
        segment=segment_label(facts.segment),
        moved=moved,
        same=[shift for shift in shifts if shift.verdict == "same"],
        few=[shift for shift in shifts if shift.verdict == "too few"],
        worse=[shift for shift in moved if shift.turn == "worse"],
        sentence=sentence,
        least=MOVED,
        level=LEVEL,
        unit=unit_of,
        interval=interval,
    )


def unit_of(shift: Shift) -> str:
    """The unit of a shift's values: flags are shares."""
    return SHARE if shift.signal.kind == "flag" else shift.signal.unit


def sentence(shift: Shift) -> str:
    """A shift in a sentence."""
    name, unit = shift.signal.name, unit_of(shift)
    if shift.before is None or shift.now is None or shift.difference is None:
        return f"{name}: its categories have other shares than before."
    way = "rose" if shift.difference > 0 else "fell"
    judged = {"worse": ", which is worse", "better": ", which is better"}.get(shift.turn, "")
    return (
        f"{name} {way} from {quantity(shift.before, unit)} to {quantity(shift.now, unit)} "
        f"(difference {quantity(shift.difference, unit)}, 95 %: "
        f"{interval(shift.low, shift.high, unit)}){judged}."
    )
