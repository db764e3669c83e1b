"""What to choose so that every panel has something to show of the replayed traffic."""

from datetime import timedelta

from dashboards.panels import Panel, Selection
from tests.analysts.replayed import Replayed

DAYS = 12


def selection(traffic: Replayed, **chosen: str | list[str]) -> Selection:
    """All of the replayed traffic, with one value of every variable that needs one."""
    texts = {name: [value] if isinstance(value, str) else value for name, value in chosen.items()}
    return Selection(
        begin=traffic.end - timedelta(days=DAYS),
        end=traffic.end + timedelta(seconds=1),
        chosen=fitting(traffic) | texts,
    )


def fitting(traffic: Replayed) -> dict[str, list[str]]:
    """Values of the variables of which exactly one must be chosen."""

    def first(sql: str) -> list[str]:
        return [str(traffic.client.query(sql).result_rows[0][0])]

    return {
        "signal": ["latency"],
        "segment": ['{"service_name":"support-assistant"}'],
        "event": first("SELECT event_id FROM feedback ORDER BY event_id LIMIT 1"),
        "alert": first(
            "SELECT fingerprint FROM alert_stories "
            "WHERE contributions != '' AND notEmpty(example_event_ids) LIMIT 1"
        ),
        "search": [""],
    }


def needs(panel: Panel) -> dict[str, str | list[str]]:
    """What else a panel needs to have rows."""
    return {"signal": "finish_reason"} if panel.id == "signal-categories" else {}
