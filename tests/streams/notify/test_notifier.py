"""The process against a real Kafka, real HTTP servers and a real Alertmanager."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from schemas.alerts import encode_alert
from schemas.monitors.resolved import Receiver
from streams.embedded.kafka import EmbeddedKafka
from streams.receivers.protocol import ReceiverError
from tests.streams.conftest import Alertmanager, HttpReceiver, wait_until
from tests.streams.notify.conftest import Bench, make_alert

ROOT = Path(__file__).parents[3]


def hook(server: HttpReceiver, name: str = "hook", **fields: object) -> Receiver:
    return Receiver(name=name, type="webhook", url=server.url, **fields)  # type: ignore[arg-type]


def ids(server: HttpReceiver) -> list[str]:
    return [request.headers["webhook-id"] for request in server.requests]


FIRING, RESOLVED = make_alert(), make_alert("resolved")


def test_firing_and_resolved_are_delivered_once_and_recorded(
    bench: Bench, http_receiver: HttpReceiver
) -> None:
    with bench.running(hook(http_receiver)):
        bench.publish(make_alert("pending"), FIRING)
        wait_until(lambda: len(ids(http_receiver)) == 1)
        bench.publish(FIRING, RESOLVED, RESOLVED)
        wait_until(lambda: len(ids(http_receiver)) == 2)
    assert ids(http_receiver) == [FIRING.transition_id, RESOLVED.transition_id]
    first, second = bench.deliveries()
    assert first.key == f"{FIRING.fingerprint}|hook"
    assert (first.outcome, first.state, first.attempts) == ("delivered", "firing", 1)
    assert (second.outcome, second.told_state) == ("delivered", "resolved")


def test_a_restart_doubles_nothing_and_loses_nothing(
    bench: Bench, http_receiver: HttpReceiver
) -> None:
    others = [make_alert(monitor=f"m{n}") for n in range(20)]
    with bench.running(hook(http_receiver)):
        bench.publish(FIRING, *others[:10])
        wait_until(lambda: len(ids(http_receiver)) == 11)
    bench.publish(*others[10:], RESOLVED)
    with bench.running(hook(http_receiver)):
        wait_until(lambda: len(ids(http_receiver)) == 22)
        last = make_alert(monitor="last")
        bench.publish(last)
        wait_until(lambda: last.transition_id in ids(http_receiver))
    expected = {alert.transition_id for alert in [FIRING, RESOLVED, last, *others]}
    assert sorted(ids(http_receiver)) == sorted(expected)


def test_a_stop_in_the_middle_doubles_nothing(bench: Bench, http_receiver: HttpReceiver) -> None:
    http_receiver.seconds_to_answer = 0.05
    alerts = [make_alert(monitor=f"m{n}") for n in range(40)]
    bench.publish(*alerts)
    for enough in (5, 15, 40):
        with bench.running(hook(http_receiver)):
            wait_until(lambda enough=enough: len(ids(http_receiver)) >= enough)
    assert sorted(ids(http_receiver)) == sorted(alert.transition_id for alert in alerts)


def test_a_receiver_that_was_down_is_told_once_and_delays_no_other(
    bench: Bench, http_receiver: HttpReceiver, absent_receiver: HttpReceiver
) -> None:
    receivers = (hook(http_receiver), hook(absent_receiver, "late"))
    with bench.running(*receivers) as notifier:
        bench.publish(FIRING)
        wait_until(lambda: ids(http_receiver) == [FIRING.transition_id])
        wait_until(lambda: sum(d.outcome == "retrying" for d in bench.deliveries()) >= 3)
        assert notifier.alive() == ""
        with absent_receiver.up():
            wait_until(lambda: ids(absent_receiver) == [FIRING.transition_id])
            time.sleep(0.5)
    assert ids(absent_receiver) == [FIRING.transition_id]
    late = [delivery for delivery in bench.deliveries() if delivery.receiver == "late"]
    assert [delivery.outcome for delivery in late[:-1]] == ["retrying"] * (len(late) - 1)
    assert late[0].error.startswith("ConnectError")
    assert (late[-1].outcome, late[-1].attempts) == ("delivered", len(late))


def test_a_hanging_receiver_delays_no_other(bench: Bench, http_receiver: HttpReceiver) -> None:
    slow = HttpReceiver(seconds_to_answer=1.5)
    with slow.up(), bench.running(hook(slow, "slow"), hook(http_receiver)):
        bench.publish(*(make_alert(monitor=f"m{n}") for n in range(20)))
        wait_until(lambda: len(ids(http_receiver)) == 20)
        assert len(ids(slow)) < 20


def test_a_resolution_while_the_receiver_is_down_survives_a_restart(
    bench: Bench, absent_receiver: HttpReceiver
) -> None:
    with absent_receiver.up(), bench.running(hook(absent_receiver)):
        bench.publish(FIRING)
        wait_until(lambda: ids(absent_receiver) == [FIRING.transition_id])
    with bench.running(hook(absent_receiver)):
        bench.publish(RESOLVED)
        wait_until(lambda: bench.deliveries()[-1].state == "resolved")
    with absent_receiver.up(), bench.running(hook(absent_receiver)):
        wait_until(lambda: len(ids(absent_receiver)) == 2)
    assert ids(absent_receiver) == [FIRING.transition_id, RESOLVED.transition_id]


def test_what_is_refused_is_given_up_for_good(bench: Bench, http_receiver: HttpReceiver) -> None:
    http_receiver.answers = [(422, {}, b"no such field")]
    with bench.running(hook(http_receiver)):
        bench.publish(FIRING)
        wait_until(bench.deliveries)
    with bench.running(hook(http_receiver)):
        other = make_alert(monitor="other")
        bench.publish(other)
        wait_until(lambda: other.transition_id in ids(http_receiver))
    assert ids(http_receiver) == [FIRING.transition_id, other.transition_id]
    assert bench.deliveries()[0].outcome == "given_up"
    assert bench.deliveries()[0].error.endswith(": no such field")


def test_one_delivers_and_another_takes_over(bench: Bench, http_receiver: HttpReceiver) -> None:
    with bench.running(hook(http_receiver)) as first:
        bench.publish(FIRING)
        wait_until(lambda: len(ids(http_receiver)) == 1)
        second = bench.running(hook(http_receiver))
        standby = second.__enter__()
        try:
            wait_until(lambda: not standby.ready() and not first.ready())
            other = make_alert(monitor="other")
            bench.publish(other)
            wait_until(lambda: len(ids(http_receiver)) == 2)
        except BaseException:
            second.__exit__(None, None, None)
            raise
    try:
        bench.publish(RESOLVED)
        wait_until(lambda: len(ids(http_receiver)) == 3)
    finally:
        second.__exit__(None, None, None)
    assert sorted(ids(http_receiver)) == sorted(
        [FIRING.transition_id, other.transition_id, RESOLVED.transition_id]
    )


_PROCESS = """
import sys, threading, msgspec
from schemas.monitors.resolved import Receiver
from streams.notify.notifier import Notifier
from streams.outbound import Networks
options = msgspec.json.decode(sys.argv[1])
hook = Receiver(name="hook", type="webhook", url=options.pop("url"))
Notifier(options.pop("kafka"), [hook], networks=Networks.parse("127.0.0.1"), **options).run(
    threading.Event()
)
"""


def test_a_kill_in_the_middle_loses_nothing(bench: Bench, http_receiver: HttpReceiver) -> None:
    """What was under way when the process died may come twice, under the same id."""
    http_receiver.seconds_to_answer = 0.05
    alerts = [make_alert(monitor=f"m{n}") for n in range(40)]
    bench.publish(*alerts)
    options = {
        "url": http_receiver.url,
        "kafka": bench.kafka,
        "group": bench.name,
        "alerts_topic": bench.alerts_topic,
        "deliveries_topic": bench.deliveries_topic,
        "session_timeout_seconds": 6,
    }
    process = subprocess.Popen([sys.executable, "-c", _PROCESS, json.dumps(options)], cwd=ROOT)
    try:
        wait_until(lambda: len(ids(http_receiver)) >= 10)
    finally:
        process.kill()
        process.wait()
    with bench.running(hook(http_receiver)):
        wait_until(lambda: len(set(ids(http_receiver))) == 40)
    assert set(ids(http_receiver)) == {alert.transition_id for alert in alerts}
    assert len(ids(http_receiver)) <= 42


def test_alertmanager_is_told_again_and_learns_anew_after_its_restart(
    bench: Bench, alertmanager: Alertmanager
) -> None:
    receiver = Receiver(name="am", type="alertmanager", url=alertmanager.url)
    with bench.running(receiver, resend_seconds=0.5):
        bench.publish(FIRING)
        [shown] = wait_until(alertmanager.alerts)
        assert shown["labels"]["alertname"] == "m"
        wait_until(lambda: alertmanager.alerts()[0]["updatedAt"] > shown["updatedAt"])
        assert len(alertmanager.alerts()) == 1
        alertmanager.stop()
        alertmanager.start()
        wait_until(alertmanager.alerts)
    [before] = alertmanager.alerts()
    with bench.running(receiver, resend_seconds=30):
        wait_until(lambda: alertmanager.alerts()[0]["endsAt"] > before["endsAt"])
        assert len(alertmanager.alerts()) == 1
        bench.publish(RESOLVED)
        wait_until(lambda: not alertmanager.alerts())
    told = [delivery.state for delivery in bench.deliveries() if delivery.outcome == "delivered"]
    assert told == ["firing", "resolved"]


def test_what_cannot_be_read_is_counted_and_passed_over(
    bench: Bench, http_receiver: HttpReceiver
) -> None:
    bench.publish_raw("x", b"not json")
    bench.publish_raw("w", encode_alert(FIRING).replace(b"m is firing", b"\xff"))
    bench.publish_raw("v", encode_alert(FIRING).replace(b"00Z", b"00"))
    with bench.running(hook(http_receiver)):
        bench.publish_raw("y", b'{"state": "odd"}')
        bench.publish_raw("z", None)
        bench.publish(FIRING)
        wait_until(lambda: len(ids(http_receiver)) == 1)
        assert bench.metric("unreadable_total", topic=bench.alerts_topic) == 4


def test_metrics_count_by_receiver_and_outcome(bench: Bench, http_receiver: HttpReceiver) -> None:
    http_receiver.answers = [(503, {}, b"")]
    with bench.running(hook(http_receiver)):
        assert bench.metric("active") == 1
        bench.publish(FIRING)
        wait_until(lambda: len(bench.deliveries()) == 2)
        for outcome in ("retrying", "delivered"):
            assert bench.metric("deliveries_total", receiver="hook", outcome=outcome) == 1
        assert bench.metric("latency_seconds_count", receiver="hook") == 1
        assert bench.metric("waiting", receiver="hook") == 0
    assert bench.metric("active") == 0


def test_a_missing_topic_is_said_and_waited_for(
    kafka: EmbeddedKafka, http_receiver: HttpReceiver
) -> None:
    bench = Bench(kafka.bootstrap_servers)
    bench.create(bench.alerts_topic)
    with bench.running(hook(http_receiver), ready=False) as notifier:
        problem = wait_until(lambda: "tidewatch migrate" in notifier.ready() and notifier.ready())
        assert bench.deliveries_topic in problem
        bench.publish(FIRING)
        bench.create(bench.deliveries_topic)
        wait_until(lambda: len(ids(http_receiver)) == 1)
        assert notifier.ready() == ""


def test_the_webhook_message_is_the_alert_of_the_log(
    bench: Bench, http_receiver: HttpReceiver
) -> None:
    with bench.running(hook(http_receiver)):
        bench.publish(FIRING)
        wait_until(lambda: len(ids(http_receiver)) == 1)
    assert json.loads(http_receiver.requests[0].body)["data"] == json.loads(encode_alert(FIRING))


def test_two_receivers_of_one_name_are_refused(bench: Bench, http_receiver: HttpReceiver) -> None:
    with pytest.raises(ReceiverError, match="receivers named twice: hook"):
        bench.notifier(hook(http_receiver), hook(http_receiver))
