"""Monitors have owners, who look at them again by a date."""

from datetime import date

from schemas.monitors.folder import Folder, Located
from schemas.monitors.review import Review


def review_of(located: Located) -> Review | None:
    """The review of a document; ``None`` without a date, or with a broken one, reported."""
    spec = getattr(located.document, "spec", None)
    owner, review_by = getattr(spec, "owner", ""), getattr(spec, "review_by", "")
    if not review_by:
        return None
    try:
        day = date.fromisoformat(review_by)
    except ValueError:
        located.error("spec.reviewBy", f"{review_by!r} is not a date, as in 2026-12-31")
        return None
    if not owner:
        located.error("spec.owner", "is required beside 'reviewBy': who shall look at it again?")
        return None
    return Review(name=located.name, owner=owner, by=day)


def check_reviews(folder: Folder, today: date) -> None:
    """Warn of documents whose day of review has passed."""
    for located in folder.documents:
        spec = getattr(located.document, "spec", None)
        by = getattr(spec, "review_by", "")
        try:
            passed = bool(by) and date.fromisoformat(by) < today
        except ValueError:
            continue
        if passed:
            owner = getattr(spec, "owner", "") or "its owner"
            located.warning(
                "spec.reviewBy", f"{by} has passed: have {owner} look at it and set a new date"
            )
