"""Monitors for tests of the page."""

from pathlib import Path

SERVICE = """
apiVersion: openslo/v1
kind: Service
metadata:
  name: all-applications
  annotations: {tidewatch/segment: all}
spec: {description: Every inference of every application.}
"""
SLO = """
apiVersion: openslo/v1
kind: SLO
metadata:
  name: availability
  displayName: Availability
  annotations: {tidewatch/by: service_name, tidewatch/minimum-events: "10"}
spec:
  description: Inferences are answered without an error.
  service: all-applications
  indicator:
    metadata: {name: answered}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: tidewatch, spec: {query: availability}}}
        total: {metricSource: {type: tidewatch, spec: {query: "*"}}}
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: Answered, target: 0.99}]
"""
THRESHOLD = """
apiVersion: tidewatch/v1
kind: ThresholdMonitor
metadata: {name: latency-p95, displayName: "Latency, 95th percentile"}
spec:
  description: The slowest twentieth of answers takes too long.
  signal: latency
  statistic: p95
  window: 5m
  by: [service_name]
  upper: 6s
  resolveUpper: 5s
  minimumEvents: 10
  severity: ticket
"""
DOCUMENTS = "---".join([SERVICE, SLO, THRESHOLD])


def write_documents(folder: Path) -> Path:
    """The monitors as a folder of documents."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "monitors.yaml").write_text(DOCUMENTS)
    return folder
