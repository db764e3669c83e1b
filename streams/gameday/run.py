"""A game day put together."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from detectors.scoring import Scoring
from schemas.monitors.resolved import MonitorSet
from streams.detectors import wanted_signals
from streams.gameday.play import Schedule, play, play_quiet
from streams.gameday.results import Quiet, Report, Result
from streams.gameday.scenarios import Scenario, chosen
from streams.gameday.traffic import FileTraffic, made_up
from streams.monitors import usable_monitors
from streams.replay.simulated import Source
from streams.score.service import build_scoring
from streams.settings import ScoreSettings
from streams.simulate.reader import EventFile

MONITORS: Final = Path(__file__).parent / "monitors"
"""The monitors of a made-up house."""

PANE_SECONDS: Final = 10


class Plan(Struct, frozen=True, kw_only=True):
    """What a game day does; lengths in seconds, ``rate`` in events a second.

    ``events`` are taken for traffic instead of made-up ones; faults then hit ``service``.
    """

    faults: tuple[str, ...] = ()
    seeds: int = 5
    rate: float = 1.0
    events: Path | None = None
    service: str | None = None
    lead: int = 3 * 3600
    lasts: int = 1800
    quiet_days: float = 0.0


def gameday(
    plan: Plan,
    settings: ScoreSettings,
    monitors: Path | None,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Do the faults, and the quiet days where there shall be some.

    Parameters
    ----------
    plan
        What is done.
    settings
        How events are scored.
    monitors
        Folder of monitor documents; ``None`` for those of a made-up house.
    progress
        Told what is being done.

    Raises
    ------
    ValueError
        An unknown fault, no monitors, or a file of events without a service to hit.
    """
    if plan.events is not None and plan.service is None:
        raise ValueError("--events: say with --service which service of the file faults hit")
    folder = monitors or MONITORS
    scope = None if plan.service is None else {"service_name": plan.service}
    scenarios = chosen(plan.faults, scope)
    watched = usable_monitors(folder, wanted_signals(settings))
    if not watched.monitors:
        raise ValueError(f"there are no monitors in {folder}")
    settings = settings.model_copy(update={"pane_seconds": PANE_SECONDS})
    scoring = build_scoring(settings, watched)
    # Quiet days explain nothing: of segments that no monitor looks at, nothing is needed.
    plain = build_scoring(settings.model_copy(update={"segmentations": ()}), watched)
    if plan.events is None or plan.service is None:
        return _played(
            plan,
            lambda seed: made_up(plan.rate, seed),
            scenarios,
            (scoring, plain),
            watched,
            progress,
        )
    file = EventFile(str(plan.events))
    try:
        traffic = FileTraffic(file, plan.service)
        return _played(plan, lambda _: traffic, scenarios, (scoring, plain), watched, progress)
    finally:
        file.close()


def _played(
    plan: Plan,
    source: Callable[[int], Source],
    scenarios: list[Scenario],
    scorings: tuple[Scoring, Scoring],
    monitors: MonitorSet,
    progress: Callable[[str], None],
) -> Report:
    schedule = Schedule(lead=plan.lead, fault=plan.lasts)
    scoring, plain = scorings
    results: list[Result] = []
    undecided = {monitor.name for monitor in monitors.monitors}
    for seed in range(1, plan.seeds + 1):
        found, never = play(
            source(seed),
            scenarios,
            scoring,
            monitors,
            schedule,
            seed=seed,
            pane_seconds=PANE_SECONDS,
            progress=progress,
        )
        results += found
        undecided &= never
    quiet: Quiet | None = None
    if plan.quiet_days:
        quiet = play_quiet(
            source(plan.seeds + 1),
            plain,
            monitors,
            schedule,
            days=plan.quiet_days,
            pane_seconds=PANE_SECONDS,
            progress=progress,
        )
    return Report(results=results, quiet=quiet, undecided=sorted(undecided))
