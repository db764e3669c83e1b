"""What is left of an error budget, in a sentence."""

from detectors.objectives.budget import Budget
from detectors.watching.wording import duration
from schemas.quantity_words import percent


def budget_words(budget: Budget, burn_rate: float, counted: str) -> str:
    """What is left, and how long it lasts or takes to recover at the present burn rate.

    ``counted`` are the words about what the budget was counted from.
    """
    window = duration(budget.window_seconds)
    words = f"{counted}: {percent(max(budget.left, 0.0))} of the error budget for {window} is left"
    if budget.left <= 0:
        recovers = budget.recovers_in(burn_rate)
        back = (
            "at the present rate it does not recover"
            if recovers is None
            else f"at the present rate it is in credit again in {duration(recovers)}"
        )
        return f"{words}; it is overspent by {percent(-budget.left)}; {back}."
    lasts = budget.lasts_for(burn_rate)
    if lasts is None:
        return f"{words}; at the present rate it lasts."
    return f"{words}; at the present rate it is gone in {duration(lasts)}."


def recovery_seconds(whole: float, recent: float, bound: float, window: float) -> float | None:
    """Seconds until a sliding window's value is back at ``bound`` if all stays as it is of late.

    ``whole`` is the value over the window, beyond the bound; ``recent`` that of its last part,
    which goes on. What lies in the window is taken to fall out evenly. ``None``: never.

    >>> recovery_seconds(0.10, 0.0, 0.05, 600)
    300.0
    >>> recovery_seconds(0.10, 0.2, 0.05, 600) is None
    True
    """
    if (whole > bound) == (recent >= bound) or whole == bound:
        return None if whole != bound else 0.0
    return window * (whole - bound) / (whole - recent)
