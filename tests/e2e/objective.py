"""An objective that an outage of seconds breaks, and a receiver for its alert."""

ERROR_OBJECTIVE = """
apiVersion: openslo/v1
kind: SLO
metadata:
  name: answers
  annotations: {tidewatch/minimum-events: "100"}
spec:
  service: support-assistant
  indicator:
    metadata: {name: answers}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: tidewatch, spec: {query: "not error"}}}
        total: {metricSource: {type: tidewatch, spec: {query: "*"}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{displayName: answers without error, target: 0.95}]
  alertPolicies:
    - kind: AlertPolicy
      metadata: {name: fast}
      spec:
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata: {name: fast}
            spec:
              severity: page
              condition:
                {kind: burnrate, op: gt, threshold: 3, lookbackWindow: 2m, alertAfter: 0m}
        notificationTargets: [{targetRef: screen}]
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: {name: screen}
spec: {target: screen}
"""

SCREEN = """---
apiVersion: tidewatch/v1
kind: Receiver
metadata: {name: screen}
spec: {type: console}
"""
