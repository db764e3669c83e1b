"""What people see of every kind of alert, compared with files that were looked at.

UPDATE_GOLDEN=1 writes them anew: look at the difference before it is committed.
"""

import json
import os
import re
import zlib
from pathlib import Path
from typing import get_args

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from schemas.alerts import Alert, MonitorKind
from streams.receivers.html_mail import render_html
from streams.receivers.pagerduty import pagerduty_event
from streams.receivers.picture import alert_picture
from streams.receivers.rendering import render_text, render_title
from streams.receivers.slack import slack_message
from tests.streams.receivers.kinds import alerts_by_kind

GOLDEN = Path(__file__).parent / "golden"
KINDS = [*get_args(MonitorKind), "resolved"]
HARMFUL = ("<!channel>", "@here", "@everyone", "<b>", "](https", "https://evil", "javascript:a")


def as_json(value: object) -> str:
    return json.dumps(msgspec.to_builtins(value), indent=1, ensure_ascii=False) + "\n"


RENDERINGS = {
    "txt": lambda alert: f"{render_title(alert)}\n\n{render_text(alert)}\n",
    "html": lambda alert: render_html(alert) + "\n",
    "slack.json": lambda alert: as_json(slack_message(alert)),
    "pagerduty.json": lambda alert: as_json(pagerduty_event(alert)),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", RENDERINGS)
def test_as_looked_at(alert: Alert, kind: str, form: str) -> None:
    text = RENDERINGS[form](alerts_by_kind(alert)[kind])
    file = GOLDEN / f"{kind}.{form}"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(text)
    assert text == file.read_text()
    assert not any(harm in text for harm in HARMFUL)


def test_slack_keeps_within_its_limits(alert: Alert) -> None:
    long = msgspec.structs.replace(
        alert, summary="s" * 5000, description="d" * 9000, evidence_sql="q" * 9000
    )
    message = slack_message(long)
    assert len(message["blocks"]) <= 50
    for block in message["blocks"]:
        for element in [block.get("text"), *block.get("fields", []), *block.get("elements", [])]:
            if element and isinstance(element.get("text"), str):
                limit = 150 if block["type"] == "header" else 2000 if "fields" in block else 3000
                assert 0 < len(element["text"]) <= limit
        assert len(block.get("fields", [])) <= 10


def test_only_our_own_words_are_markdown_in_slack(alert: Alert) -> None:
    text = as_json(slack_message(alert))
    elements = re.findall(r'"type": "mrkdwn",\s+"text": "([^"]*)"', text)
    assert elements
    assert all(re.fullmatch(r"\*[A-Z][A-Za-z ]+\*", element) for element in elements)


def test_mail_escapes_everything(alert: Alert) -> None:
    hostile = msgspec.structs.replace(alert, evidence_sql="SELECT '</pre><script>x</script>'")
    html = render_html(hostile)
    assert "<script" not in html
    assert "</pre><" not in html.replace("</pre></td>", "")
    assert html.count("<pre") == 1


def test_pagerduty_knows_the_incident_again(alert: Alert) -> None:
    first = pagerduty_event(alert)
    later = pagerduty_event(msgspec.structs.replace(alert, severity="ticket", value=0.9))
    ended = pagerduty_event(msgspec.structs.replace(alert, state="resolved"))
    assert first["dedup_key"] == later["dedup_key"] == ended["dedup_key"]
    assert (first["event_action"], ended["event_action"]) == ("trigger", "resolve")


def pixels_of(png: bytes) -> NDArray[np.uint8]:
    """A picture of ours, shaped (height, width, 3)."""
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    rows = zlib.decompress(png[png.index(b"IDAT") + 4 :])
    return np.frombuffer(rows, np.uint8).reshape(height, -1)[:, 1:].reshape(height, width, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_picture_is_as_looked_at(alert: Alert, kind: str) -> None:
    png, file = alert_picture(alerts_by_kind(alert)[kind]), GOLDEN / f"{kind}.png"
    assert (png is None) == (kind == "no_data")
    if png is None:
        return
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_bytes(png)
    # Pixels, as the same ones may be packed otherwise by another zlib.
    assert np.array_equal(pixels_of(png), pixels_of(file.read_bytes()))


def test_the_picture_shows_value_interval_expectation_and_shares(alert: Alert) -> None:
    png = alert_picture(alert)
    assert png is not None
    assert len(png) < 3000
    pixels = pixels_of(png)
    width = pixels.shape[1]
    seen = set(map(tuple, pixels.reshape(-1, 3).tolist()))
    assert {(194, 84, 0), (242, 196, 160), (0, 90, 138), (0, 114, 178)} <= seen
    # The one sub-segment contributes 90 %.
    bar = pixels[12 + 18 + 8 + 9]
    assert (bar == (0, 114, 178)).all(axis=1).sum() == round(0.9 * (width - 24))


def test_no_picture_of_what_was_not_measured(alert: Alert) -> None:
    assert alert_picture(msgspec.structs.replace(alert, value=None)) is None
    assert alert_picture(msgspec.structs.replace(alert, value=float("nan"))) is None
