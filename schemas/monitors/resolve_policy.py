"""Alert policies to burn-rate tiers and receivers."""

from collections.abc import Sequence
from typing import Final, get_args

import msgspec
from msgspec import Struct

from schemas.alerts import Severity
from schemas.monitors.folder import Folder, Located
from schemas.monitors.openslo import (
    AlertCondition,
    AlertConditionSpec,
    AlertNotificationTarget,
    AlertPolicy,
    AlertPolicySpec,
    PolicyItem,
    TargetItem,
)
from schemas.monitors.resolved import BurnRateTier

SHORT_WINDOW_SHARE: Final = 12
"""The short window is this part of the long one (SRE workbook, chapter 5)."""

SHORTEST_LOOKBACK_SECONDS: Final = 120

_SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)


class ResolvedPolicy(Struct, frozen=True, kw_only=True):
    """What the policies of an SLO come to; each tier with the path its threshold was given at.

    ``silent`` are the policies that alert when there are no data: with the tier each would be.
    """

    tiers: tuple[tuple[str, BurnRateTier], ...]
    receivers: tuple[str, ...]
    silent: tuple[BurnRateTier, ...] = ()


def resolve_policies(
    items: Sequence[PolicyItem], slo: Located, folder: Folder
) -> ResolvedPolicy | None:
    """Tiers and receivers of an SLO's policies; ``None`` when something is wrong, reported."""
    tiers: list[tuple[str, BurnRateTier]] = []
    receivers: list[str] = []
    silent: list[BurnRateTier] = []
    sound = True
    for index, item in enumerate(items):
        path = f"spec.alertPolicies[{index}]"
        owner, spec, inner = _policy(item, path, slo, folder)
        if spec is None:
            sound = False
            continue
        told = _receivers(spec, inner, owner, folder)
        tier = _tier(spec, inner, owner, folder)
        if told is None or tier is None:
            sound = False
            continue
        receivers += told
        tier = msgspec.structs.replace(tier, receivers=tuple(dict.fromkeys(told)))
        silent += [tier] if spec.alert_when_no_data else []
        if spec.alert_when_breaching:
            tiers.append((path, tier))
        elif not spec.alert_when_no_data:
            owner.warning(
                f"{inner}.alertWhenBreaching", "is not true: the policy alerts on no burn rate"
            )
    if not sound:
        return None
    return ResolvedPolicy(
        tiers=tuple(tiers),
        receivers=tuple(dict.fromkeys(receivers)),
        silent=tuple(silent),
    )


def _policy(
    item: PolicyItem, path: str, slo: Located, folder: Folder
) -> tuple[Located, AlertPolicySpec | None, str]:
    """The document that holds the policy, the policy, and its path there."""
    if item.alert_policy_ref is None:
        return slo, item.spec, f"{path}.spec"
    found = folder.referred("AlertPolicy", item.alert_policy_ref, slo, f"{path}.alertPolicyRef")
    if found is None or not isinstance(found.document, AlertPolicy):
        return slo, None, path
    return found, found.document.spec, "spec"


def _tier(
    policy: AlertPolicySpec, path: str, owner: Located, folder: Folder
) -> BurnRateTier | None:
    item = policy.conditions[0]
    here = f"{path}.conditions[0]"
    spec: AlertConditionSpec | None
    if item.condition_ref is None:
        spec, inner = item.spec, f"{here}.spec"
    else:
        found = folder.referred("AlertCondition", item.condition_ref, owner, f"{here}.conditionRef")
        if found is None or not isinstance(found.document, AlertCondition):
            return None
        owner, spec, inner = found, found.document.spec, "spec"
    return _condition_tier(spec, inner, owner) if spec is not None else None


def _condition_tier(spec: AlertConditionSpec, path: str, owner: Located) -> BurnRateTier | None:
    condition = spec.condition
    sound = True
    if condition.op not in {"gt", "gte"}:
        owner.error(
            f"{path}.condition.op",
            f"{condition.op!r} would alert while the budget is not burning: use gt or gte",
        )
        sound = False
    if condition.threshold <= 0:
        owner.error(f"{path}.condition.threshold", f"{condition.threshold:g} is not above 0")
        sound = False
    lookback = owner.window(
        f"{path}.condition.lookbackWindow",
        condition.lookback_window,
        shortest=SHORTEST_LOOKBACK_SECONDS,
    )
    after = owner.window(f"{path}.condition.alertAfter", condition.alert_after or "0m")
    if lookback is None or after is None or not sound:
        return None
    return BurnRateTier(
        factor=condition.threshold,
        long_seconds=lookback,
        short_seconds=lookback // SHORT_WINDOW_SHARE,
        severity=_severity(spec.severity, f"{path}.severity", owner),
        for_seconds=after,
    )


def _severity(text: str, path: str, owner: Located) -> Severity:
    for severity in _SEVERITIES:
        if text == severity:
            return severity
    owner.warning(path, f"{text!r} is none of {', '.join(_SEVERITIES)}: taken as ticket")
    return "ticket"


def _receivers(
    policy: AlertPolicySpec, path: str, owner: Located, folder: Folder
) -> list[str] | None:
    names = [
        _receiver(item, f"{path}.notificationTargets[{index}]", owner, folder)
        for index, item in enumerate(policy.notification_targets)
    ]
    known = [name for name in names if name is not None]
    return known if len(known) == len(names) else None


def _receiver(item: TargetItem, path: str, owner: Located, folder: Folder) -> str | None:
    """The name of a target's receiver."""
    if item.target_ref is None:
        target, where, inner = item.spec, owner, f"{path}.spec.target"
    else:
        found = folder.referred(
            "AlertNotificationTarget", item.target_ref, owner, f"{path}.targetRef"
        )
        if found is None or not isinstance(found.document, AlertNotificationTarget):
            return None
        target, where, inner = found.document.spec, found, "spec.target"
    if target is None:
        return None
    if not folder.named("Receiver", target.target):
        where.error(inner, folder.missing("Receiver", target.target))
        return None
    return target.target
