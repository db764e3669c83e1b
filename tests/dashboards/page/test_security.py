"""Who may look, and what the browser is told."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.dashboards.site import serving

TOKEN = "open-sesame"
# A document is checked with all detectors while the store does not tell its signals: seconds.
get, post = partial(httpx.get, timeout=60), partial(httpx.post, timeout=60)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page that asks for a token; nothing answers behind it."""
    folder: Path = tmp_path_factory.mktemp("monitors")
    with serving("http://127.0.0.1:9", "tidewatch", folder, token=TOKEN) as url:
        yield url


def test_nothing_is_shown_without_the_token(closed: str) -> None:
    asked = get(closed + "/events?text=x", headers={"Accept": "text/html"})
    assert asked.status_code == 303
    assert asked.headers["location"] == "/sign-in?next=/events%3Ftext%3Dx"
    assert get(closed + "/live/overview").status_code == 401
    wrong = get(closed + "/monitors", headers={"Authorization": "Bearer other"})
    assert wrong.status_code == 401


def test_the_token_opens_by_header_and_by_signing_in(closed: str) -> None:
    header = {"Authorization": f"Bearer {TOKEN}"}
    assert get(closed + "/monitors", headers=header).status_code == 200
    with httpx.Client(base_url=closed, timeout=60) as browser:
        assert browser.post("/sign-in", data={"token": "no"}).status_code == 403
        opened = browser.post("/sign-in?next=/monitors", data={"token": TOKEN})
        assert opened.headers["location"] == "/monitors"
        cookie = opened.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert TOKEN not in cookie
        assert browser.get("/monitors").status_code == 200


PROXY = "X-Auth-Request-Email"


def test_a_proxy_that_names_somebody_opens(tmp_path: Path) -> None:
    with serving("http://127.0.0.1:9", "tidewatch", tmp_path, identity_header=PROXY) as url:
        somebody = {PROXY: "ada@example.org", "X-Forwarded-For": "203.0.113.9"}
        assert get(url + "/monitors", headers=somebody).status_code == 200
        for nobody in ({}, {PROXY: ""}, {"X-Forwarded-For": "127.0.0.1"}):
            refused = get(url + "/monitors", headers={"Accept": "text/html", **nobody})
            assert refused.status_code == 401
            assert "proxy" in refused.text


def test_the_name_from_elsewhere_counts_for_nothing(tmp_path: Path) -> None:
    page = {"identity_header": PROXY, "proxies": "10.0.0.0/8", "token": TOKEN}
    with serving("http://127.0.0.1:9", "tidewatch", tmp_path, **page) as url:
        # Not even when it says that it came by way of the proxy.
        for forged in ({}, {"X-Forwarded-For": "10.0.0.1"}, {"Forwarded": "for=10.0.0.1"}):
            refused = get(url + "/monitors", headers={PROXY: "ada@example.org", **forged})
            assert refused.status_code == 401
        header = {"Authorization": f"Bearer {TOKEN}"}
        assert get(url + "/monitors", headers=header).status_code == 200


def test_signing_in_leads_to_no_other_site(closed: str) -> None:
    answer = post(closed + "/sign-in?next=//evil.example/x", data={"token": TOKEN})
    assert answer.headers["location"] == "/"


def test_other_names_and_sites_are_refused(closed: str) -> None:
    header = {"Authorization": f"Bearer {TOKEN}"}
    renamed = get(closed + "/monitors", headers={**header, "Host": "evil.example"})
    assert renamed.status_code == 421
    for origin in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert post(closed + "/monitors", headers={**header, **origin}).status_code == 403


def test_no_script_but_our_own_may_run(closed: str) -> None:
    policy = get(closed + "/sign-in").headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_health_and_metrics_are_for_machines(closed: str) -> None:
    assert get(closed + "/health/ready", headers={"Host": "10.0.0.1"}).json()["ok"]
    assert "process_cpu_seconds_total" in get(closed + "/metrics").text


@pytest.mark.parametrize("query", ["range=7y", "from=1", "from=abc&to=2", f"model={'m' * 600}"])
def test_addresses_that_make_no_sense_say_so(closed: str, query: str) -> None:
    header = {"Authorization": f"Bearer {TOKEN}"}
    answer = get(f"{closed}/?{query}", headers=header)
    assert answer.status_code == 400
    assert "Choose again" in answer.text
