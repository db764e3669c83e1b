"""References between documents that lead nowhere, in what Tidewatch does not evaluate itself."""

from collections.abc import Iterator

from schemas.monitors.decode import Document
from schemas.monitors.folder import Folder
from schemas.monitors.openslo import SLI, SLO, AlertPolicy, AlertPolicySpec, SLISpec

Reference = tuple[str, str, str]
"""Path of a reference, the kind it refers to, and the name."""


def check_references(folder: Folder) -> None:
    """Warn of references that lead nowhere and that no problem tells of yet.

    OpenSLO's own validator looks at documents one by one and lets them pass, so they are errors
    only where a monitor needs them, and those are reported when it is made.
    """
    for located in folder.documents:
        if located.document is None:
            continue
        told = {problem.path for problem in located.problems}
        for path, kind, name in references(located.document):
            if path not in told and not folder.named(kind, name):
                located.warning(path, folder.missing(kind, name))


def references(document: Document) -> Iterator[Reference]:
    """The references of a document to other OpenSLO documents."""
    match document:
        case SLO(spec=spec):
            if spec.indicator is not None:
                yield from _of_sli(spec.indicator.spec, "spec.indicator.spec")
            if spec.indicator_ref is not None:
                yield "spec.indicatorRef", "SLI", spec.indicator_ref
            for index, objective in enumerate(spec.objectives):
                path = f"spec.objectives[{index}]"
                if objective.indicator is not None:
                    yield from _of_sli(objective.indicator.spec, f"{path}.indicator.spec")
                if objective.indicator_ref is not None:
                    yield f"{path}.indicatorRef", "SLI", objective.indicator_ref
            for index, policy in enumerate(spec.alert_policies):
                path = f"spec.alertPolicies[{index}]"
                if policy.alert_policy_ref is not None:
                    yield f"{path}.alertPolicyRef", "AlertPolicy", policy.alert_policy_ref
                if policy.spec is not None:
                    yield from _of_policy(policy.spec, f"{path}.spec")
        case SLI(spec=sli):
            yield from _of_sli(sli, "spec")
        case AlertPolicy(spec=policy_spec):
            yield from _of_policy(policy_spec, "spec")


def _of_sli(spec: SLISpec, path: str) -> Iterator[Reference]:
    for place, metric in spec.metrics(path):
        ref = metric.metric_source.metric_source_ref
        if ref:
            yield f"{place}.metricSourceRef", "DataSource", ref


def _of_policy(spec: AlertPolicySpec, path: str) -> Iterator[Reference]:
    for index, condition in enumerate(spec.conditions):
        if condition.condition_ref is not None:
            place = f"{path}.conditions[{index}].conditionRef"
            yield place, "AlertCondition", condition.condition_ref
    for index, target in enumerate(spec.notification_targets):
        if target.target_ref is not None:
            place = f"{path}.notificationTargets[{index}].targetRef"
            yield place, "AlertNotificationTarget", target.target_ref
