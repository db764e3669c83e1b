"""One alert whatever lags, and none when all is well."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.monitors.resolved import Receiver
from streams.notify.routing import Told, to_tell
from streams.watch.stall import StallMonitor

STALL = 60.0
PARTITIONS = 6

LAGS = st.dictionaries(st.integers(0, 3), st.integers(-5, 300), min_size=1)
BEHIND = st.sets(st.integers(4, PARTITIONS - 1))


@given(st.lists(st.tuples(LAGS, BEHIND), max_size=30), st.data())
def test_an_alert_stands_exactly_while_something_lags(
    looks: list[tuple[dict[int, int], set[int]]], data: st.DataObject
) -> None:
    monitor = StallMonitor(STALL, PARTITIONS)
    monitor.restore(None)
    standing = None
    for number, (lags, behind) in enumerate(looks):
        now = 1_800_000_000 + 5 * number
        alert = monitor.check({p: now - lag for p, lag in lags.items()}, behind, now)
        stalled = bool(behind) or any(lag > STALL for lag in lags.values())
        if alert is not None:
            # Every transition is of the one fingerprint, and resolves the episode that stands.
            if standing is not None:
                assert alert.episode_id == standing.episode_id
            assert (alert.state == "firing") == (standing is None)
            standing = alert if alert.state == "firing" else None
        assert (standing is not None) == stalled
        if data.draw(st.booleans()):
            # The partition moves: its next owner goes on with the alert.
            monitor = StallMonitor(STALL, PARTITIONS)
            monitor.restore(standing)


def test_partitions_that_join_are_not_told_again() -> None:
    monitor = StallMonitor(STALL, PARTITIONS)
    monitor.restore(None)
    now = 1_800_000_000
    alert = monitor.check({0: now - 61, 1: now - 3}, set(), now)
    assert alert is not None
    assert alert.summary == (
        "Tidewatch is 1 min 1 s behind on 1 of 6 partitions of its panes (0): monitors of the "
        "applications in them are blind"
    )
    told = Told(alert.transition_id, "firing", "page")
    assert to_tell(Receiver(name="pager", type="console"), alert, told) == "again"
    for seconds in range(1, 300):
        assert monitor.check({0: now - 61, 1: now - 3}, {2, 3, 4, 5}, now + seconds) is None
    assert monitor.check({0: now + 300, 1: now + 300}, {5}, now + 300) is None
    last = monitor.check({0: now + 300, 1: now + 300}, set(), now + 300)
    assert last is not None
    assert last.state == "resolved"
    assert last.episode_id == alert.episode_id
    assert last.summary == "All partitions of the panes are evaluated again, after 6 min 1 s"


def test_all_partitions_are_one_cause() -> None:
    monitor = StallMonitor(STALL, PARTITIONS)
    monitor.restore(None)
    now = 1_800_000_000
    alert = monitor.check(dict.fromkeys(range(PARTITIONS), now - 300), set(), now)
    assert alert is not None
    assert alert.summary == "Tidewatch is 5 min behind: its monitors are blind"
    assert alert.segment == {}
    assert alert.labels == {}
