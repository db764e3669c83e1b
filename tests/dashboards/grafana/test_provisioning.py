"""The files that docker compose gives to Grafana."""

import json
from pathlib import Path

import yaml

from dashboards.grafana import data_source
from dashboards.grafana.publisher import FOLDER_UID
from dashboards.grafana.render import render_all

PROVISIONING = Path(__file__).parents[3] / "deploy" / "grafana"


def test_the_files_are_what_is_declared() -> None:
    files = sorted((PROVISIONING / "dashboards").glob("*.json"))
    written = {path.stem: json.loads(path.read_text()) for path in files}
    outdated = "run `tidewatch dashboards export deploy/grafana/dashboards`"
    assert written == render_all(), outdated


def test_the_provider_and_the_data_source_go_by_the_same_names_as_push() -> None:
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards" / "tidewatch.yml").read_text())[
        "providers"
    ]
    assert provider["folderUid"] == FOLDER_UID
    # The folder of provisioning files is mounted there.
    assert provider["options"]["path"] == "/etc/grafana/provisioning/dashboards"
    (source,) = yaml.safe_load((PROVISIONING / "datasources" / "tidewatch.yml").read_text())[
        "datasources"
    ]
    assert (source["uid"], source["type"]) == (data_source.UID, data_source.PLUGIN)
    assert source["name"] == data_source.NAME
    assert source["secureJsonData"] == {"password": "$CLICKHOUSE_PASSWORD"}
