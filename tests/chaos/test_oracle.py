"""The oracle's sums, and a stored state that is wrong in every way it looks for."""

from tests.chaos.oracle import Oracle
from tests.chaos.traffic import SUPPORT, Burst, Item, Traffic

NOON = 1_790_000_000.0


def told(
    seconds: int, bursts: list[Burst], *, very_late: bool = False
) -> tuple[Oracle, list[Item]]:
    oracle, items = Oracle(4.0), list[Item]()
    traffic = Traffic(1, bursts, very_late=very_late)
    for second in range(seconds):
        for item in traffic.items(50, NOON + second):
            oracle.sent(item, NOON + second)
            items.append(item)
    return oracle, items


def test_every_event_is_in_one_window_of_each_kind() -> None:
    oracle, items = told(70, [])
    firsts = [i for i in items if i.service and i.liked is None]
    assert oracle.events == len(firsts) == 70 * 50
    assert oracle.copies > 0
    assert oracle.refused
    sums: dict[tuple[int, str], int] = {}
    tokens: dict[tuple[int, str], int] = {}
    for (tier, segmentation, _, _), tally in oracle.windows().items():
        sums[tier, segmentation] = sums.get((tier, segmentation), 0) + tally.events
        tokens[tier, segmentation] = tokens.get((tier, segmentation), 0) + tally.tokens
    assert set(sums.values()) == {oracle.events}
    assert set(tokens.values()) == {sum(i.tokens for i in firsts)}


def test_feedback_is_in_the_windows_of_its_events() -> None:
    oracle, items = told(70, [], very_late=True)
    judged = [i for i in items if i.liked is not None]
    events = {i.message.event_id: i for i in items if i.tokens}
    assert len(judged) == oracle.feedback
    assert {(i.service, i.model) for i in judged} <= {(i.service, i.model) for i in events.values()}
    assert sum(i.liked or 0 for i in judged) > 0
    sums: dict[tuple[int, str], tuple[int, int]] = {}
    for (tier, segmentation, _, _), tally in oracle.windows().items():
        said, liked = sums.get((tier, segmentation), (0, 0))
        sums[tier, segmentation] = said + tally.said, liked + tally.liked
    assert set(sums.values()) == {(len(judged), sum(i.liked or 0 for i in judged))}
    assert sum(said for said, _ in oracle.said().values()) == 3 * len(judged)


def test_only_events_that_a_window_may_have_missed_are_unsure() -> None:
    punctual, _ = told(70, [])
    assert all(tally.unsure == 0 for tally in punctual.windows().values())
    late, _ = told(70, [], very_late=True)
    unsure = dict.fromkeys((10, 60), 0)
    for (tier, segmentation, _, _), tally in late.windows().items():
        if not segmentation:
            unsure[tier] += tally.unsure
    assert 0 < unsure[10] < late.events // 50
    assert unsure[60] <= unsure[10]


def test_a_burst_is_in_the_seconds_it_was_sent_at() -> None:
    oracle, items = told(20, [Burst(SUPPORT, 5, 10)])
    failed = {int(i.message.time - NOON) for i in items if i.error and i.service == SUPPORT}
    assert set(range(5, 10)) <= failed
    assert oracle.settled_at > oracle.last
