"""An alert as the HTML of a mail: tables and styles in attributes, as mail programs need them."""

from html import escape

from schemas.alerts import Alert
from streams.receivers.picture import alert_picture
from streams.receivers.rendering import (
    Section,
    render_expected,
    render_sections,
    render_title,
    render_value,
)
from streams.receivers.untrusted_text import neutral, safe_link

PICTURE = "alert.png"
"""Name of the picture that the mail shows: the attachment that has it as its content id."""

_COLOURS = {"page": "#b3261e", "ticket": "#8a5300", "info": "#0b5a8a"}
_RESOLVED = "#00694f"
_LINKS = ("Runbook", "Dashboard")
_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"


def render_html(alert: Alert) -> str:
    """The whole alert as HTML, escaped; the same sections as the plain text, in the same order."""
    colour = _RESOLVED if alert.state == "resolved" else _COLOURS[alert.severity]
    rows = "\n".join(_row(section) for section in render_sections(alert))
    links = "".join(
        f'<a href="{escape(url)}" style="display:inline-block;margin:0 8px 8px 0;padding:8px 14px;'
        f'background:#0b5a8a;color:#ffffff;text-decoration:none;border-radius:6px">{name}</a>'
        for name, url in (("Runbook", alert.runbook_url), ("Dashboard", alert.dashboard_url))
        if safe_link(url)
    )
    picture = _picture(alert)
    return f"""<!doctype html>
<html lang="en"><body style="margin:0;padding:16px;background:#f4f6f8;color:#16202a;{_FONT}">
<table role="presentation" width="100%" style="max-width:720px;margin:0 auto;background:#ffffff;\
border-collapse:collapse;border-top:6px solid {colour}">
<tr><td style="padding:16px"><h1 style="margin:0 0 4px;font-size:19px;color:{colour}">\
{escape(render_title(alert))}</h1>
<p style="margin:0 0 12px;color:#52606d">{escape(neutral(alert.monitor))}</p>{links}{picture}
<table style="width:100%;border-collapse:collapse;font-size:14px">
{rows}
</table></td></tr></table></body></html>"""


def _picture(alert: Alert) -> str:
    """Where the picture stands, with the same in words; empty where there is none."""
    if alert_picture(alert) is None:
        return ""
    words = f"Measured {render_value(alert)}"
    if expected := render_expected(alert):
        words += f", expected {expected}"
    return (
        f'<p style="margin:4px 0 12px"><img src="cid:{PICTURE}" alt="{escape(words)}" width="480" '
        'style="max-width:100%;height:auto"></p>'
    )


def _row(section: Section) -> str:
    if section.name == "Evidence":
        text = escape("\n".join(section.lines))
        value = f'<pre style="margin:0;white-space:pre-wrap;font-size:12px">{text}</pre>'
    elif section.name in _LINKS:
        url = escape(section.lines[0])
        value = f'<a href="{url}">{url}</a>'
    else:
        value = "<br>".join(escape(line) for line in section.lines)
    return (
        '<tr><th scope="row" style="text-align:left;vertical-align:top;padding:6px 12px 6px 0;'
        f'color:#52606d;white-space:nowrap">{escape(section.name)}</th>'
        f'<td style="padding:6px 0;border-bottom:1px solid #e6eaee">{value}</td></tr>'
    )
