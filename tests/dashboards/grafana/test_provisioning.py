"""The files that docker compose gives to Grafana."""

import json
from pathlib import Path

import yaml

from dashboards.grafana import data_source
from dashboards.grafana.publisher import FOLDER_UID, Store, source_settings
from dashboards.grafana.render import render_all

ROOT = Path(__file__).parents[3]
PROVISIONING = ROOT / "deploy" / "grafana"


def test_the_files_are_what_is_declared() -> None:
    files = sorted((PROVISIONING / "dashboards").glob("*.json"))
    written = {path.stem: json.loads(path.read_text()) for path in files}
    outdated = "run `tidewatch dashboards export deploy/grafana/dashboards`"
    assert written == render_all(), outdated


def test_the_provider_goes_by_the_same_names_as_push() -> None:
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards" / "tidewatch.yml").read_text())[
        "providers"
    ]
    assert provider["folderUid"] == FOLDER_UID
    # The folder of provisioning files is mounted there.
    assert provider["options"]["path"] == "/etc/grafana/provisioning/dashboards"


def test_the_data_source_is_the_one_that_push_makes() -> None:
    (source,) = yaml.safe_load((PROVISIONING / "datasources" / "tidewatch.yml").read_text())[
        "datasources"
    ]
    compose = Store(
        url="http://clickhouse:8123",
        database="tidewatch",
        user="tidewatch",
        password="$CLICKHOUSE_PASSWORD",
    )
    assert source == source_settings(compose)


def test_compose_installs_the_plugin_whose_settings_and_macros_are_used() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    environment = compose["services"]["grafana"]["environment"]
    pinned = f"{data_source.PLUGIN} {data_source.PLUGIN_VERSION}"
    assert environment["GF_INSTALL_PLUGINS"] == pinned
