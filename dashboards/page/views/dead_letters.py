"""Dead letters: messages that could not be read, why, and what to do."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from dashboards.page.chosen import ChosenError, parse_chosen
from dashboards.page.context import PageContext
from dashboards.page.rendering import page, trouble

MOST_LETTERS = 100
REMEDIES = {
    "not_json": "The producer does not write JSON: check its serializer and the topic.",
    "invalid": "A field is missing or of another type: the detail names it.",
    "unknown_schema_version": "The producer is newer: upgrade Tidewatch, then replay.",
    "too_large": "Send less text, or raise score.max_event_bytes.",
    "time_out_of_range": "The producer's clock is wrong, or the event older than score.past_days.",
    "empty": "The message has no value: the producer wrote a tombstone.",
    "unreadable_pane": "A pane of another version: finish the upgrade of score and watch.",
}
_REASONS = """
SELECT reason, count() AS letters, max(time) AS last
FROM dead_letters
WHERE time >= {from:DateTime64(3)} AND time < {to:DateTime64(3)}
GROUP BY reason
ORDER BY letters DESC
"""
_LETTERS = """
SELECT topic, partition, offset, time, reason, detail, key, value, value_bytes
FROM dead_letters
WHERE time >= {from:DateTime64(3)} AND time < {to:DateTime64(3)}
    AND ({reason:String} = '' OR reason = {reason:String})
ORDER BY time DESC
LIMIT {most:UInt32}
"""


async def dead_letters_page(request: Request) -> Response:
    """Refused messages of a stretch of time, and how many by reason."""
    context: PageContext = request.app.state.context
    try:
        chosen = parse_chosen(request.query_params.multi_items(), ("reason",))
    except ChosenError as error:
        return trouble(request, "Dead letters", str(error), "Choose a time from the list.", 400)
    selection = chosen.selection(context.clock())
    stretch = {"from": selection.begin, "to": selection.end + timedelta(seconds=10)}
    reason = next(iter(chosen.values.get("reason", ())), "")
    reasons = (await context.store.query(_REASONS, stretch)).dicts()
    letters = await context.store.query(
        _LETTERS, {**stretch, "reason": reason, "most": MOST_LETTERS + 1}
    )
    found = letters.dicts()
    return page(
        request,
        "dead_letters.html",
        title="Dead letters",
        chosen=chosen,
        reason=reason,
        reasons=reasons,
        remedies=REMEDIES,
        letters=found[:MOST_LETTERS],
        more=len(found) > MOST_LETTERS,
    )
