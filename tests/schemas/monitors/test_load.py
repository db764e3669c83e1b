import json

from schemas.monitors.conditions import Comparison, Not
from schemas.monitors.load import load_monitors
from schemas.monitors.resolved import (
    WORKBOOK_TIERS,
    BurnRateMonitor,
    BurnRateTier,
    NoDataMonitor,
    ThresholdMonitor,
)
from tests.schemas.monitors.documents import (
    FOLDER,
    MISSING,
    changed,
    document,
    query,
    ratio_spec,
    threshold_spec,
)
from tests.schemas.monitors.loading import burn_rate, load, load_only, told
from tests.schemas.monitors.signals import SIGNALS


def test_a_valid_folder() -> None:
    result = load()
    assert result.problems == []
    slo, threshold, silence = result.monitors.monitors
    assert isinstance(slo, BurnRateMonitor)
    assert isinstance(threshold, ThresholdMonitor)
    assert isinstance(silence, NoDataMonitor)
    assert [receiver.name for receiver in result.monitors.receivers] == ["console"]
    assert slo.segmentation == ("service_name",)
    assert slo.segment == {"service_name": "shop"}
    assert slo.labels == {"team": "a,b", "env": "prod"}
    assert slo.receivers == ("console",)
    assert slo.indicator.good == Comparison(name="latency", operator="<", value=4.0)
    assert slo.indicator.where is None
    assert slo.window_seconds == 28 * 86400
    assert slo.tiers == (
        BurnRateTier(
            factor=6,
            long_seconds=21600,
            short_seconds=1800,
            severity="page",
            for_seconds=300,
            receivers=("console",),
        ),
    )
    assert threshold.segmentation == ("request_model", "service_name")
    assert threshold.segment == {"service_name": "shop"}
    assert (threshold.lower, threshold.upper) == (None, 4.0)
    assert (threshold.resolve_lower, threshold.resolve_upper) == (None, 3.0)
    assert (threshold.window_seconds, threshold.for_seconds) == (300, 60)
    assert silence.for_seconds == 600
    assert [indicator.signal.name for indicator in result.monitors.indicators] == ["sli.fast"]


def test_a_problem_reads_like_a_sentence() -> None:
    result = load(changed("slo", "spec/objectives/0/target", 1.2))
    (problem,) = result.problems
    assert str(problem).startswith("monitors.yaml: spec.objectives[0].target: 1.2 is not below 1")
    assert str(problem).endswith(f"(SLO shop-latency, line {problem.line})")


def test_what_is_sound_is_loaded_beside_what_is_not() -> None:
    result = load(changed("slo", "spec/objectives/0/target", 1.2))
    assert [m.name for m in result.monitors.monitors] == ["slow", "silent"]


def test_without_policies_the_workbook_decides() -> None:
    monitor = burn_rate(load(changed("slo", "spec/alertPolicies", MISSING)))
    assert monitor.tiers == WORKBOOK_TIERS
    assert monitor.receivers == ()


def test_all_traffic_and_dimensions() -> None:
    everything = changed("service", "metadata/annotations", {"tidewatch/segment": "all"})
    by = changed("slo", "metadata/annotations", {"tidewatch/by": "use_case, request_model"})
    monitor = burn_rate(load(everything, by))
    assert monitor.segmentation == ("request_model", "use_case")
    assert monitor.segment == {}
    assert burn_rate(load(everything)).segmentation == ()
    assert burn_rate(load(by)).segmentation == ("request_model", "service_name", "use_case")


def test_annotations_of_an_slo() -> None:
    annotations = {"tidewatch/minimum-events": "50", "tidewatch/runbook": "https://r.example.org"}
    monitor = burn_rate(load(changed("slo", "metadata/annotations", annotations)))
    assert monitor.minimum_events == 50
    assert monitor.runbook_url == "https://r.example.org"


def test_bad_events_are_turned_into_good_ones() -> None:
    spec = {"ratioMetric": {"bad": query("response.refusal"), "total": query("availability")}}
    indicator = burn_rate(load(changed("slo", "spec/indicator/spec", spec))).indicator
    refusal = Comparison(name="response.refusal", operator="=", value=True)
    assert indicator.good == Not(operand=refusal)
    assert indicator.where == Comparison(name="availability", operator="=", value=True)


def test_a_threshold_metric_has_an_indicator_an_objective() -> None:
    slo = changed("slo", "spec/indicator/spec", threshold_spec())
    slo["spec"]["objectives"] = [
        {"displayName": "Good enough!", "op": "lte", "value": 1, "target": 0.9},
        {"displayName": "Bearable", "op": "lt", "value": 2.5, "targetPercent": 99.95},
        {"displayName": "Bearable", "op": "lt", "value": 3, "target": 0.99},
    ]
    result = load(slo)
    assert result.problems == []
    monitors = [m for m in result.monitors.monitors if isinstance(m, BurnRateMonitor)]
    assert [m.name for m in monitors] == [
        "shop-latency.good-enough",
        "shop-latency.2",
        "shop-latency.3",
    ]
    assert [m.indicator.name for m in monitors] == ["fast.good-enough", "fast.2", "fast.3"]
    assert monitors[0].indicator.good == Comparison(name="latency", operator="<=", value=1.0)
    assert monitors[1].target == 0.9995
    assert monitors[1].display_name == "shop-latency: Bearable"


def test_several_objectives_of_a_ratio_share_its_indicator() -> None:
    objectives = [{"target": 0.9}, {"targetPercent": 99}]
    result = load(changed("slo", "spec/objectives", objectives))
    assert result.problems == []
    assert [i.name for i in result.monitors.indicators] == ["fast"]
    assert burn_rate(result, "shop-latency.2").target == 0.99


def test_an_indicator_by_name_is_shared() -> None:
    slo = changed("slo", "spec/indicator", MISSING)
    slo["spec"]["indicatorRef"] = "other"
    second = json.loads(json.dumps(slo))
    second["metadata"]["name"] = "shop-latency-again"
    result = load(slo, second)
    assert result.problems == []
    assert [i.name for i in result.monitors.indicators] == ["other"]
    assert burn_rate(result).indicator.description == "Share of good events."


def test_a_data_source_may_say_the_type() -> None:
    metric = {"metricSource": {"metricSourceRef": "here", "spec": {"query": "availability"}}}
    slo = changed("slo", "spec/indicator/spec/ratioMetric", {"good": metric, "total": metric})
    assert burn_rate(load(slo)).indicator.where is not None


def test_an_unknown_indicator_is_not_evaluated() -> None:
    slo = changed("slo", "spec/indicator", MISSING)
    slo["spec"]["indicatorRef"] = "othr"
    assert (
        "there is no SLI 'othr'; did you mean 'other'?"
        in (told(load(slo))["warning", "spec.indicatorRef"])
    )


def test_a_low_target_cannot_have_the_workbooks_tiers() -> None:
    slo = changed("slo", "spec/alertPolicies", MISSING)
    slo["spec"]["objectives"][0]["target"] = 0.9
    message = told(load(slo))["error", "spec.objectives[0]"]
    assert "14.4 × (1 − 0.9) = 1.44" in message
    assert "give alertPolicies with lower thresholds (below 10)" in message


def test_secrets_are_filled_in_and_never_printed() -> None:
    spec = {"type": "apprise", "url": "slack://${TOKEN}", "secret": "${TOKEN}"}
    result = load(changed("receiver", "spec", spec), environment={"TOKEN": "t0k3n"})
    (receiver,) = result.monitors.receivers
    assert (receiver.url, receiver.secret) == ("slack://t0k3n", "t0k3n")
    assert "t0k3n" not in repr(result) + str(receiver)


def test_duplicates_of_own_kinds_are_refused() -> None:
    result = load_only(FOLDER["receiver"], FOLDER["receiver"])
    (problem,) = result.errors
    assert problem.path == "metadata.name"
    assert "there is another Receiver 'console' in monitors.yaml line 2" in problem.message
    assert len(result.monitors.receivers) == 1


def test_duplicates_of_openslo_kinds_matter_once_they_are_used() -> None:
    twice = (FOLDER["condition"], FOLDER["condition"])
    result = load_only(*twice)
    assert [problem.severity for problem in result.problems] == ["warning"]
    result = load_only(*FOLDER.values(), FOLDER["condition"])
    (problem,) = result.errors
    assert problem.path == "spec.conditions[0].conditionRef"
    assert "is defined 2 times" in problem.message


def test_monitor_names_are_taken_once() -> None:
    other = document(
        "NoDataMonitor", "shop-latency", FOLDER["silence"]["spec"], version="tidewatch/v1"
    )
    result = load(other)
    (problem,) = result.errors
    assert "the monitor name 'shop-latency' is taken by monitors.yaml line" in problem.message


def test_indicator_names_mean_one_thing() -> None:
    other = changed("slo", "metadata/name", "shop-other")
    other["spec"]["indicator"]["spec"]["ratioMetric"]["good"] = query("availability")
    (problem,) = load(other).errors
    assert "another indicator with another meaning is called 'fast'" in problem.message


def test_a_broken_document_is_told_once() -> None:
    result = load(changed("condition", "spec/condition/op", ">"))
    assert [problem.path for problem in result.problems] == ["spec.condition.op"]
    assert [m.name for m in result.monitors.monitors] == ["slow", "silent"]


def test_files_are_told_apart() -> None:
    sources = {"b.yaml": "a: [", "a.yaml": "kind: SLO", "c.yaml": "5", "d.yaml": ""}
    result = load_monitors(sources, signals=SIGNALS, resolve_secret=str)
    assert [problem.file for problem in result.problems] == ["a.yaml", "b.yaml", "c.yaml"]
    assert [problem.line for problem in result.problems] == [1, 1, 1]


def test_references_of_what_is_not_evaluated_are_warned_of() -> None:
    slo = changed("slo", "spec/indicator/spec", ratio_spec("Prometheus"))
    slo["spec"]["indicator"]["spec"]["ratioMetric"]["good"]["metricSource"] |= {
        "metricSourceRef": "prometheus"
    }
    result = load_only(slo, FOLDER["policy"])
    assert [(p.severity, p.path, p.message) for p in result.problems if p.path != "spec"] == [
        (
            "warning",
            "spec.indicator.spec.ratioMetric.good.metricSource.metricSourceRef",
            "there is no DataSource 'prometheus'",
        ),
        ("warning", "spec.conditions[0].conditionRef", "there is no AlertCondition 'burns'"),
        (
            "warning",
            "spec.notificationTargets[0].targetRef",
            "there is no AlertNotificationTarget 'on-call'",
        ),
    ]
