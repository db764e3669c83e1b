"""Pages are painted while ClickHouse takes its time."""

import socket
from pathlib import Path

import httpx
import pytest

from tests.dashboards.site import get, serving


@pytest.mark.parametrize("path", ["/alerts", "/events", "/dead-letters", "/events/one"])
def test_the_head_comes_before_clickhouse_answers(path: str, tmp_path: Path) -> None:
    # Connections are taken, and never answered.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with (
            serving(url, "tidewatch", tmp_path) as address,
            httpx.stream("GET", address + path, timeout=60) as answer,
        ):
            chunks = answer.iter_text()
            head = next(chunks)
            assert 'class="waiting"' in head
            assert 'aria-label="Pages"' in head
            assert "</main>" not in head
            silent.close()
            rest = "".join(chunks)
    # The status was told already: what is wrong is told in the page.
    assert answer.status_code == 200
    assert "ClickHouse does not answer." in rest
    assert (head + rest).count("<main") == (head + rest).count("</main>") == 1


def test_a_page_that_is_there_at_once_comes_whole(site: str) -> None:
    html = get(site, "/monitors")
    assert html.count("<h1>Monitors</h1>") == 1
    assert html.rstrip().endswith("</html>")
