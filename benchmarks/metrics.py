"""What a process tells of itself on ``/metrics``."""

import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from streams.settings import HttpSettings

Metrics = dict[tuple[str, str], float]
"""Value by name and by the value of the first label (empty without labels)."""


def read_metrics(http: HttpSettings, process: str) -> Metrics:
    """All samples of a process, histogram buckets left out. Raises ``OSError``."""
    url = f"http://{http.host}:{getattr(http, f'{process}_port')}/metrics"
    with urllib.request.urlopen(url, timeout=5) as answer:
        text = answer.read().decode()
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


def of(metrics: Metrics, name: str) -> dict[str, float]:
    """The samples of one name, by label."""
    return {label: value for (found, label), value in metrics.items() if found == name}


def total(metrics: Metrics, name: str) -> float:
    """The sum over all labels."""
    return sum(of(metrics, name).values())
