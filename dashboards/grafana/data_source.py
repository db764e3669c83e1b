"""The data source all panels read, and a query of it."""

from dataclasses import dataclass
from typing import Any, Literal

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.dashboard import DataSourceRef

PLUGIN = "grafana-clickhouse-datasource"
PLUGIN_VERSION = "4.14.0"
UID = "tidewatch"
NAME = "Tidewatch"

QueryKind = Literal["timeseries", "table"]
REFERENCE = DataSourceRef(type_val=PLUGIN, uid=UID)


@dataclass(frozen=True)
class ClickHouseQuery(Dataquery):
    """A query as the plugin keeps it: time series or table."""

    sql: str
    kind: QueryKind = "table"
    ref_id: str = "A"

    def to_json(self) -> dict[str, Any]:
        """The query as Grafana stores it."""
        return {
            "refId": self.ref_id,
            "datasource": {"type": PLUGIN, "uid": UID},
            "editorType": "sql",
            "queryType": self.kind,
            "format": 0 if self.kind == "timeseries" else 1,
            "rawSql": self.sql,
            "pluginVersion": PLUGIN_VERSION,
            "meta": {},
        }


@dataclass(frozen=True)
class Query(Builder[Dataquery]):
    """The same as a builder, which panels ask for."""

    query: ClickHouseQuery

    def build(self) -> Dataquery:
        """The query."""
        return self.query
