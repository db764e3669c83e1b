"""Pushing dashboards with grafana-client, over HTTP."""

from typing import Any

import pytest

from dashboards.grafana.errors import GrafanaRefusedError, GrafanaUnavailableError
from dashboards.grafana.publisher import Publisher, Store
from dashboards.grafana.render import render_all
from tests.dashboards.grafana.fake_grafana import ADMIN, EDITOR, TOKEN, FakeGrafana

STORE = Store(url="http://clickhouse:8123", database="tidewatch", user="reader", password="p4ss")
DECLARED = {uid: render_all()[uid] for uid in ("tidewatch-overview", "tidewatch-alert")}
UIDS = sorted(DECLARED)


def publisher(grafana: FakeGrafana, token: str = TOKEN) -> Publisher:
    return Publisher(grafana.url, token, DECLARED)


def states(grafana: FakeGrafana) -> dict[str, str]:
    return {each.uid: each.state for each in publisher(grafana).compare()}


def test_an_empty_grafana_gets_everything_and_a_second_push_nothing(grafana: FakeGrafana) -> None:
    report = publisher(grafana).push(STORE)
    assert (report.folder, report.data_source, sorted(report.pushed)) == ("made", "made", UIDS)
    assert grafana.folders == {"tidewatch": "Tidewatch"}
    assert grafana.sources["tidewatch"]["jsonData"] == {
        "host": "clickhouse",
        "port": 8123,
        "protocol": "http",
        "secure": False,
        "username": "reader",
        "defaultDatabase": "tidewatch",
    }
    assert {d["meta"]["folderUid"] for d in grafana.dashboards.values()} == {"tidewatch"}
    assert set(states(grafana).values()) == {"same"}
    grafana.writes.clear()
    again = publisher(grafana).push(STORE)
    assert (again.folder, again.data_source, again.pushed) == ("kept", "same", [])
    assert sorted(again.same) == UIDS
    assert grafana.writes == []


def test_what_an_earlier_release_pushed_is_replaced(grafana: FakeGrafana) -> None:
    publisher(grafana).push(STORE)
    uid = UIDS[0]
    grafana.dashboards[uid]["dashboard"]["title"] = "Old title"
    grafana.messages[uid].insert(0, "tidewatch 0123456789abcdef")
    assert states(grafana)[uid] == "outdated"
    assert publisher(grafana).push(STORE).pushed == [uid]
    assert grafana.dashboards[uid]["dashboard"]["title"] == DECLARED[uid]["title"]
    assert grafana.dashboards[uid]["dashboard"]["version"] == 2


def test_a_dashboard_edited_by_hand_is_kept_and_its_diff_shown(grafana: FakeGrafana) -> None:
    publisher(grafana).push(STORE)
    grafana.save_by_hand("tidewatch-overview", title="Mine")
    report = publisher(grafana).push(STORE)
    assert report.kept == {"tidewatch-overview": "edited"}
    assert '- "title": "Mine"' in report.diffs["tidewatch-overview"]
    assert '+ "title": "Overview"' in report.diffs["tidewatch-overview"]
    assert grafana.dashboards["tidewatch-overview"]["dashboard"]["title"] == "Mine"
    forced = publisher(grafana).push(STORE, force=True)
    assert forced.pushed == ["tidewatch-overview"]
    assert set(states(grafana).values()) == {"same"}


def test_a_save_in_between_is_not_lost(
    grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher(grafana).push(STORE)
    uid = UIDS[0]
    grafana.save_by_hand(uid, title="Old title")
    pushing = publisher(grafana)
    compared = pushing.compare()
    monkeypatch.setattr(pushing, "compare", lambda: compared)
    grafana.save_by_hand(uid, title="Mine")
    with pytest.raises(GrafanaRefusedError, match="somebody else saved it meanwhile"):
        pushing.push(STORE, force=True)
    assert grafana.dashboards[uid]["dashboard"]["title"] == "Mine"


def test_what_is_not_ours_is_never_touched(grafana: FakeGrafana) -> None:
    theirs: dict[str, Any] = {"uid": "tidewatch-overview", "title": "Theirs", "version": 7}
    other = {"uid": "sales", "title": "Sales", "version": 3}
    for each in (theirs, other):
        grafana.dashboards[each["uid"]] = {"dashboard": each, "meta": {"folderUid": "x"}}
        grafana.messages[each["uid"]] = [""]
    report = publisher(grafana).push(STORE, force=True)
    assert report.kept == {"tidewatch-overview": "foreign"}
    assert grafana.dashboards["tidewatch-overview"]["dashboard"] == theirs
    assert grafana.dashboards["sales"]["dashboard"] == other


def test_a_dashboard_moved_to_another_folder_stays_there(grafana: FakeGrafana) -> None:
    publisher(grafana).push(STORE)
    uid = UIDS[0]
    grafana.dashboards[uid]["meta"]["folderUid"] = "team"
    grafana.dashboards[uid]["dashboard"]["title"] = "Old"
    grafana.messages[uid].insert(0, "tidewatch 0123456789abcdef")
    publisher(grafana).push(STORE)
    assert grafana.dashboards[uid]["meta"]["folderUid"] == "team"


def test_a_provisioned_dashboard_is_left_to_its_file(grafana: FakeGrafana) -> None:
    publisher(grafana).push(STORE)
    uid = UIDS[0]
    grafana.dashboards[uid]["meta"]["provisioned"] = True
    grafana.dashboards[uid]["dashboard"]["title"] = "From a file"
    grafana.messages[uid].insert(0, "")
    assert publisher(grafana).push(STORE, force=True).kept == {uid: "provisioned"}


@pytest.mark.parametrize("rights", [("dashboards:read", "folders:read"), ()])
def test_a_read_only_token_is_refused_before_anything_is_touched(
    grafana: FakeGrafana, rights: tuple[str, ...]
) -> None:
    grafana.rights = rights
    with pytest.raises(GrafanaRefusedError, match=r"lacks .*dashboards:create.*role Editor"):
        publisher(grafana).push(STORE)
    assert grafana.writes == []


def test_an_editor_may_push_where_the_data_source_exists(grafana: FakeGrafana) -> None:
    grafana.rights = EDITOR
    with pytest.raises(GrafanaRefusedError, match=r"lacks datasources:create\..*Admin"):
        publisher(grafana).push(STORE)
    assert grafana.writes == []
    assert publisher(grafana).push(None).folder == "made"
    grafana.rights = ADMIN
    assert publisher(grafana).push(STORE).data_source == "made"


def test_a_data_source_that_differs_is_kept_unless_forced(grafana: FakeGrafana) -> None:
    publisher(grafana).push(STORE)
    elsewhere = Store(url="https://warehouse", database="tidewatch", user="reader")
    report = publisher(grafana).push(elsewhere)
    assert report.data_source == "differs"
    assert "host: 'clickhouse' in Grafana, 'warehouse' as wanted" in report.diffs["data source"]
    assert grafana.sources["tidewatch"]["jsonData"]["host"] == "clickhouse"
    assert publisher(grafana).push(elsewhere, force=True).data_source == "changed"
    assert grafana.sources["tidewatch"]["jsonData"]["port"] == 8443


def test_without_the_plugin_it_says_how_to_install_it(grafana: FakeGrafana) -> None:
    grafana.plugins = ()
    with pytest.raises(GrafanaRefusedError, match="grafana cli plugins install"):
        publisher(grafana).push(STORE)
    assert grafana.sources == {}


@pytest.mark.parametrize("version", ["10.4.19", "9.5.2"])
def test_an_old_grafana_is_refused(grafana: FakeGrafana, version: str) -> None:
    grafana.version = version
    with pytest.raises(GrafanaRefusedError, match=f"is {version}: the dashboards need 11.0"):
        publisher(grafana)
    assert grafana.writes == []


def test_newer_grafanas_are_taken(grafana: FakeGrafana) -> None:
    grafana.version = "12.3.0-pre"
    assert len(publisher(grafana).compare()) == len(UIDS)


def test_a_wrong_token_an_absent_server_and_one_in_trouble(grafana: FakeGrafana) -> None:
    with pytest.raises(GrafanaRefusedError, match="the token is wrong"):
        publisher(grafana, "glsa_wrong")
    with pytest.raises(GrafanaUnavailableError, match="does not answer"):
        Publisher("http://127.0.0.1:9", TOKEN, DECLARED)
    grafana.failing = 503
    with pytest.raises(GrafanaUnavailableError, match=r"fails while asking its version.*503"):
        publisher(grafana)
    with pytest.raises(GrafanaRefusedError, match="is no http"):
        Publisher("grafana:3000", TOKEN, DECLARED)


def test_passwords_and_tokens_are_never_shown(grafana: FakeGrafana) -> None:
    assert "p4ss" not in repr(STORE)
    with pytest.raises(GrafanaRefusedError) as refused:
        Publisher(grafana.url.replace("//", "//user:s3cret@"), "glsa_wrong", DECLARED)
    assert "s3cret" not in str(refused.value)
    assert "glsa_wrong" not in str(refused.value)
