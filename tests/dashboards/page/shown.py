"""What a page shows of its panels, as numbers."""

import json
import re
from html import unescape
from typing import Any


def values(html: str, part: str) -> list[float]:
    """The numbers of a panel, as they came from the store."""
    begin = html.index(f'id="{part}"')
    inside = html[begin : html.index("</section>", begin)]
    return [float(v) for v in re.findall(r'<data value="([^"]+)"', inside)]


def chart(html: str, part: str) -> Any:
    """What a panel's chart is drawn from."""
    script = html.index('<script type="application/json">', html.index(f'id="{part}"'))
    begin = html.index(">", script) + 1
    return json.loads(unescape(html[begin : html.index("</script>", begin)]))


def points(html: str, part: str) -> dict[tuple[str, int], float]:
    """The points of a panel's lines or the cells of its heat map, by name and time."""
    drawn = chart(html, part)
    if drawn["kind"] == "heatmap":
        return {
            (drawn["lanes"][lane], drawn["times"][time]): value
            for time, lane, value in drawn["cells"]
        }
    return {
        (line["name"], time): value
        for line in drawn["series"]
        for time, value in zip(drawn["times"], line["values"], strict=True)
        if value is not None
    }
