import re
from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.alerts import Alert
from schemas.quantity_words import SHARE
from streams.receivers.rendering import TITLE_CHARACTERS, render_text, render_title
from streams.receivers.untrusted_text import neutral, neutral_exact, safe_link

ACTED_ON = ("<", ">", "`", "](", "**", "__", "~~", "://", "\x1b", "\u202e", "\x00")


def test_the_title_has_state_severity_and_summary(alert: Alert) -> None:
    assert render_title(alert) == (
        "FIRING (page): Answers of shop are not grounded: error budget burns 20 times too fast"
    )


def test_a_long_summary_is_cut_in_the_title(alert: Alert) -> None:
    title = render_title(msgspec.structs.replace(alert, summary="long " * 200))
    assert len(title) <= TITLE_CHARACTERS
    assert title.endswith("…")


def test_the_text_says_all_that_is_known(alert: Alert) -> None:
    text = render_text(alert)
    for expected in (
        "What:\n  Answers of shop are not grounded",
        "When: since 2026-03-01 03:02:00 UTC",
        "Measured: 0.2 (95 %: 0.15 to 0.26) over 1 h",
        "Expected: 0.01",
        "Extent: 300 bad of 1,500 events, 120 users in the last 1 h",
        "Most of it: request_model=m2: 90 % of it (50 % of 540 events bad)",
        "Changes: 2026-03-01 02:55:00 UTC, 7 min before: prompt v3 → v4",
        "event__1 at 2026-03-01 03:00:00 UTC prompt: “",
        "Runbook: https://runbooks.example/groundedness",
        "Dashboard: https://grafana.example/d/shop?var=1&x=2",
        "Evidence:\n  SELECT event_id\n  FROM events\n  WHERE grounded < 0.5",
    ):
        assert expected in text


def test_shares_are_percentages(alert: Alert) -> None:
    text = render_text(msgspec.structs.replace(alert, unit=SHARE))
    assert "Measured: 20 % (95 %: 15 % to 26 %) over 1 h" in text
    assert "Expected: 1 %" in text
    # A signal in percent, of 0 to 100, stays what it is.
    assert "Measured: 0.2 %" in render_text(msgspec.structs.replace(alert, unit="%"))


def test_a_part_tells_its_events_where_its_value_is_no_share_of_bad_ones(alert: Alert) -> None:
    for told in ({"bad_events": None}, {"kind": "drift"}):
        text = render_text(msgspec.structs.replace(alert, **told))
        assert "request_model=m2: 90 % of it (540 events)" in text


def test_users_are_those_of_an_hour_at_most(alert: Alert) -> None:
    for seconds, span in ((600, "10 min"), (3 * 86400, "1 h")):
        text = render_text(msgspec.structs.replace(alert, window_seconds=seconds))
        assert f"120 users in the last {span}" in text


def test_what_is_unknown_is_left_out(alert: Alert) -> None:
    bare = Alert(
        fingerprint="f",
        monitor="m",
        kind="self",
        severity="info",
        segment={},
        state="firing",
        started_at=alert.started_at,
        changed_at=alert.changed_at,
        summary="Lag",
    )
    names = [line.partition(":")[0] for line in render_text(bare).splitlines()]
    assert names == ["What", "Where", "When", "Monitor"]


def test_a_resolved_alert_says_how_long_it_fired(alert: Alert) -> None:
    resolved = msgspec.structs.replace(
        alert, state="resolved", resolved_at=alert.fired_at + timedelta(minutes=90)
    )
    assert "(1 h 30 min)" in render_text(resolved)


def test_hostile_excerpts_do_nothing(alert: Alert) -> None:
    text = render_text(alert)
    for harmful in ("<!channel>", "<b>", "@here", "@everyone", "](", "https://evil", "\x1b"):
        assert harmful not in text
    assert "javascript" not in text


@given(st.text())
def test_neutral_text_has_nothing_that_is_acted_on(text: str) -> None:
    result = neutral(text)
    assert not any(mark in result for mark in ACTED_ON)
    assert "\n" not in result
    assert not re.search(r"@\w", result)


@given(st.text(st.characters(exclude_characters="<@", categories=("L", "N", "P", "S", "Zs"))))
def test_exact_text_is_as_it_was(text: str) -> None:
    assert neutral_exact(text) == text.strip()


def test_only_plain_web_addresses_are_links() -> None:
    assert safe_link("https://a.example/x?y=1&z=2") == "https://a.example/x?y=1&z=2"
    for bad in (
        "javascript:alert(1)",
        "https://a b",
        "https://x|<!here>",
        "",
        "file:///etc/passwd",
    ):
        assert safe_link(bad) == ""


def test_numbers_are_told_in_full_with_their_unit(alert: Alert) -> None:
    for value, unit, words in (
        (123456.0, "{token}", "123,456 tokens"),
        (41.25, "{token}/s", "41.2 tokens/s"),
        (0.0123, "{USD}", "0.0123 USD"),
        (754.0, "s", "12 min 34 s"),
    ):
        told = msgspec.structs.replace(alert, value=value, unit=unit, value_low=None)
        assert f"Measured: {words} over 1 h" in render_text(told)


def test_a_change_that_came_while_it_lasted_is_told_so(alert: Alert) -> None:
    """Such as the release that mends it: it did not go live 0 s before."""
    [change] = alert.changes
    later = msgspec.structs.replace(change, time=(alert.fired_at or alert.started_at))
    later = msgspec.structs.replace(later, time=later.time + timedelta(minutes=9))
    text = render_text(msgspec.structs.replace(alert, changes=[change, later]))
    assert "02:55:00 UTC, 7 min before: prompt" in text
    assert "03:11:00 UTC, 9 min after: prompt" in text
