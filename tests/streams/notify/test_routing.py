import pytest

from schemas.alerts import Alert
from schemas.monitors.resolved import Receiver
from streams.notify.routing import Told, takes, to_tell
from tests.streams.notify.conftest import make_alert

ANY = Receiver(name="any", type="console")


def told(alert: Alert) -> Told:
    return Told(alert.transition_id, alert.state, alert.severity)


def test_an_alert_that_names_receivers_goes_to_those_alone() -> None:
    pagers = Receiver(name="pager", type="console", severities=("info",), labels={"a": "b"})
    alert = make_alert(receivers=["pager"])
    assert takes(pagers, alert)
    assert not takes(ANY, alert)


@pytest.mark.parametrize(
    ("receiver", "taken"),
    [
        ({}, True),
        ({"severities": ("ticket",)}, False),
        ({"labels": {"team": "search"}}, True),
        ({"labels": {"team": "ads"}}, False),
        ({"labels": {"service_name": "shop"}}, True),
        ({"labels": {"team": "search", "service_name": "mail"}}, False),
        ({"labels": {"absent": ""}}, False),
    ],
)
def test_others_go_by_severity_and_labels(receiver: dict, taken: bool) -> None:
    alert = make_alert(labels={"team": "search"}, segment={"service_name": "shop"})
    assert takes(Receiver(name="r", type="console", **receiver), alert) is taken


def test_a_label_of_the_alert_comes_before_its_segment() -> None:
    alert = make_alert(labels={"use_case": "a"}, segment={"use_case": "b"})
    assert takes(Receiver(name="r", type="console", labels={"use_case": "a"}), alert)
    assert not takes(Receiver(name="r", type="console", labels={"use_case": "b"}), alert)


def test_pending_is_never_told() -> None:
    assert to_tell(ANY, make_alert("pending"), None) is None


def test_firing_is_told_once() -> None:
    alert = make_alert()
    assert to_tell(ANY, alert, None) == "now"
    assert to_tell(ANY, alert, told(alert)) == "again"
    assert to_tell(ANY, make_alert(episode=1), told(alert)) == "now"


def test_a_rise_in_severity_is_told_a_fall_is_not() -> None:
    ticket, page = make_alert(severity="ticket"), make_alert(severity="page")
    assert to_tell(ANY, page, told(ticket)) == "now"
    assert to_tell(ANY, ticket, told(page)) == "again"
    assert page.transition_id != ticket.transition_id


def test_resolved_is_told_to_those_who_know_that_it_fires() -> None:
    firing, resolved = make_alert(), make_alert("resolved")
    assert to_tell(ANY, resolved, None) is None
    assert to_tell(ANY, resolved, told(firing)) == "now"
    assert to_tell(ANY, resolved, told(resolved)) is None


def test_resolved_is_told_even_when_it_would_go_elsewhere_by_now() -> None:
    pager = Receiver(name="pager", type="console", severities=("page",))
    resolved = make_alert("resolved", severity="ticket")
    assert to_tell(pager, resolved, told(make_alert())) == "now"


def test_resolved_is_not_told_to_those_who_do_not_want_it() -> None:
    quiet = Receiver(name="quiet", type="console", send_resolved=False)
    firing, resolved = make_alert(), make_alert("resolved")
    assert to_tell(quiet, resolved, told(firing)) is None
    assert to_tell(quiet, make_alert(episode=1), told(firing)) == "now"


def test_a_replay_of_what_came_before_the_end_is_not_told() -> None:
    assert to_tell(ANY, make_alert(), told(make_alert("resolved"))) is None
