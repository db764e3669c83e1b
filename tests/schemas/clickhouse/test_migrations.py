import re

import pytest

from schemas.clickhouse.migrations import (
    SINGLE_SERVER,
    Layout,
    Migration,
    Retention,
    load_migrations,
    quote_name,
    quote_text,
    view_settings,
)

CLUSTER = Layout(cluster="main", replicated=True)
OBJECT = re.compile(
    r"(CREATE (TABLE IF NOT EXISTS|OR REPLACE VIEW|OR REPLACE FUNCTION)|ALTER TABLE) (\w+)(.*)"
)


def _statements(layout: Layout) -> list[str]:
    return [s for migration in load_migrations() for s in migration.statements(layout)]


def test_versions_run_from_one() -> None:
    assert [m.version for m in load_migrations()] == list(range(1, len(load_migrations()) + 1))


@pytest.mark.parametrize("statement", _statements(CLUSTER), ids=lambda s: s.splitlines()[0])
def test_in_a_cluster_every_object_is_made_everywhere(statement: str) -> None:
    match = OBJECT.match(statement)
    assert match is not None
    assert match[4].startswith(" ON CLUSTER `main`")
    if "ENGINE" in statement:
        assert "ENGINE = ReplicatedReplacingMergeTree(" in statement


@pytest.mark.parametrize("statement", _statements(SINGLE_SERVER), ids=lambda s: s.splitlines()[0])
def test_on_a_single_server_nothing_speaks_of_a_cluster(statement: str) -> None:
    assert OBJECT.match(statement)
    assert "ON CLUSTER" not in statement
    assert "Replicated" not in statement
    assert "$" not in statement


def test_nothing_adds_up_what_is_delivered_at_least_once() -> None:
    text = "\n".join(_statements(SINGLE_SERVER))
    assert "MATERIALIZED VIEW" not in text
    assert not re.search(r"ENGINE = (?!ReplacingMergeTree\()", text)


def test_the_partition_of_a_row_follows_from_its_identity() -> None:
    partitioned = {
        match[1]: (match[2], match[3])
        for statement in _statements(SINGLE_SERVER)
        if (
            match := re.search(
                r"TABLE IF NOT EXISTS (\w+).*PARTITION BY ([^\n]+).*ORDER BY ([^\n]+)",
                statement,
                re.DOTALL,
            )
        )
    }
    # An hour lies in one day, and an hour is in the sorting key.
    assert partitioned == {
        "raw_events": ("toDate(time)", "(service_name, toStartOfHour(time), event_id)"),
        "raw_windows": (
            "(resolution_seconds, toYYYYMM(start))",
            "(resolution_seconds, signal, segmentation, segment_key, start)",
        ),
    }


def test_retention_is_rendered_and_leaves_the_checksum() -> None:
    short = Layout(retention=Retention(events_days=1, texts_days=2))
    events = load_migrations()[0]
    text = "\n".join(events.statements(short))
    assert "TTL toDateTime(time) + toIntervalDay(1)" in text
    assert "TTL toDateTime(time) + toIntervalDay(2)" in text
    assert "toIntervalDay(90)" not in text
    assert len(events.checksum) == 32


def test_retention_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"retention\.events_days: must be at least 1 day"):
        Retention(events_days=0)


def test_retention_beyond_what_clickhouse_counts_is_refused() -> None:
    """A hundred years would end before they began, and all rows with them."""
    with pytest.raises(ValueError, match=r"retention\.alerts_days: must be at most 18250 days"):
        Retention(alerts_days=36_500)


def test_checksums_tell_texts_apart() -> None:
    one = Migration(version=1, name="a", text="SELECT 1;\n")
    assert one.checksum == Migration(version=2, name="b", text="SELECT 1;\n").checksum
    assert one.checksum != Migration(version=1, name="a", text="SELECT 2;\n").checksum


def test_statements_end_at_a_semicolon_at_the_end_of_a_line() -> None:
    text = "-- a comment; no statement;\nSELECT ';'\n  , 2;\n\nSELECT 3;"
    migration = Migration(version=1, name="a", text=text)
    assert migration.statements(SINGLE_SERVER) == ["SELECT ';'\n  , 2", "SELECT 3"]


def test_views_are_told_only_settings_that_the_server_knows() -> None:
    old = {"do_not_merge_across_partitions_select_final"}
    assert view_settings(old) == "do_not_merge_across_partitions_select_final = 1"
    assert view_settings(old | {"defer_partition_pruning_after_final"}) == (
        "do_not_merge_across_partitions_select_final = 1, defer_partition_pruning_after_final = 0"
    )
    assert view_settings(old | {"ignore_data_skipping_indices"}).endswith(
        "ignore_data_skipping_indices = 'trace_id_index, conversation_id_index'"
    )


def test_names_and_texts_are_quoted() -> None:
    assert quote_name("a`b\\c") == "`a\\`b\\\\c`"
    assert quote_text("it's \\ so") == "'it\\'s \\\\ so'"
    assert Layout(cluster="a` b").on_cluster == " ON CLUSTER `a\\` b`"
