"""The store as the settings say."""

from schemas.clickhouse.migrations import Retention
from streams.settings import ClickHouseSettings
from streams.store.setup import layout_by


def test_every_retention_is_a_setting_with_the_same_default() -> None:
    assert layout_by(ClickHouseSettings()).retention == Retention()


def test_settings_reach_the_layout() -> None:
    settings = ClickHouseSettings(cluster="main", replicated=True, events_days=7, texts_days=2)
    layout = layout_by(settings)
    assert (layout.cluster, layout.replicated) == ("main", True)
    assert layout.retention == Retention(events_days=7, texts_days=2)
