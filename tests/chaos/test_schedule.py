"""Schedules come from their seed alone, and shrink to what fails."""

import itertools

from tests.chaos.schedule import amounts_for, draw_schedule
from tests.chaos.shrink import shrink


def test_the_same_seed_draws_the_same_schedule() -> None:
    amounts = amounts_for(120)
    assert draw_schedule(3, 120, amounts) == draw_schedule(3, 120, amounts)
    assert draw_schedule(3, 120, amounts) != draw_schedule(4, 120, amounts)


def test_a_target_suffers_one_action_at_a_time() -> None:
    actions = draw_schedule(5, 300, amounts_for(300))
    by_target: dict[str, list[tuple[float, float]]] = {}
    for action in actions:
        place = f"{action.kind == 'clock'} {action.target}"
        by_target.setdefault(place, []).append((action.at, action.at + abs(action.seconds)))
    for spans in by_target.values():
        ordered = sorted(spans)
        assert all(end < begin for (_, end), (begin, _) in itertools.pairwise(ordered))


def test_what_fails_without_any_action_shrinks_to_nothing() -> None:
    assert shrink(list("abcdef"), lambda part: True) == []


def test_what_needs_three_shrinks_to_three() -> None:
    assert shrink(list("abcdefghij"), lambda part: set("bgj") <= set(part)) == ["b", "g", "j"]
