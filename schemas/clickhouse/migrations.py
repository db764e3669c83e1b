"""Migrations: the numbered ``.sql`` files of this folder, rendered for a server or a cluster.

A file holds statements that end in a semicolon at the end of a line. Placeholders:
``${on_cluster}`` and ``${replicated}`` make the same text fit a single server and a cluster,
``${view_settings}`` are settings of views that read a partitioned table with FINAL, and the names
of :class:`Retention` say how long rows are kept. The checksum is of the text before rendering, so
a changed retention is no changed migration.
"""

import hashlib
import re
from functools import cache, cached_property
from importlib.resources import files
from string import Template

import msgspec
from msgspec import Struct

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")
_END = re.compile(r";[ \t]*(?:\n|\Z)")


MOST_DAYS = 18_250
"""Fifty years. ClickHouse counts the end of a row's life in 32 bits: beyond 2106 it begins anew,
and everything would be taken for expired."""


class Retention(Struct, frozen=True, kw_only=True):
    """How long rows are kept, in days. Texts and vectors leave events before their rows do."""

    events_days: int = 90
    texts_days: int = 30
    windows_10s_days: int = 3
    windows_60s_days: int = 90
    windows_3600s_days: int = 400
    windows_86400s_days: int = 5 * 365
    alerts_days: int = 2 * 365
    changes_days: int = 5 * 365
    feedback_days: int = 400
    dead_letters_days: int = 30
    audit_days: int = 5 * 365

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if getattr(self, name) < 1:
                raise ValueError(f"retention.{name}: must be at least 1 day")
            if getattr(self, name) > MOST_DAYS:
                raise ValueError(f"retention.{name}: must be at most {MOST_DAYS} days")


class Layout(Struct, frozen=True, kw_only=True):
    """What the statements are rendered for.

    ``cluster`` adds ``ON CLUSTER``; ``replicated`` makes engines Replicated ones, with the server's
    default paths. ``view_settings`` come from the server's version: see :func:`view_settings`.
    """

    cluster: str = ""
    replicated: bool = False
    retention: Retention = Retention()
    view_settings: str = "do_not_merge_across_partitions_select_final = 1"

    @property
    def on_cluster(self) -> str:
        """The clause after an object's name, with its leading blank; empty on a single server."""
        return f" ON CLUSTER {quote_name(self.cluster)}" if self.cluster else ""

    def render(self, text: str) -> str:
        """Replace the placeholders of a statement.

        >>> Layout(cluster="main", replicated=True).render(
        ...     "CREATE TABLE t${on_cluster} (x UInt8) ENGINE = ${replicated}MergeTree ORDER BY x"
        ... )
        'CREATE TABLE t ON CLUSTER `main` (x UInt8) ENGINE = ReplicatedMergeTree ORDER BY x'
        """
        return Template(text).substitute(
            msgspec.to_builtins(self.retention),
            on_cluster=self.on_cluster,
            replicated="Replicated" if self.replicated else "",
            view_settings=self.view_settings,
        )


SINGLE_SERVER = Layout()
"""One server, default retention."""


VIEW_SETTINGS = {
    # Copies of a row always share a partition (the partition follows from the sorting key), so
    # FINAL need not merge across partitions, and partitions may be left out before it. ClickHouse
    # cannot prove the second and since 26.3 reads all partitions unless told.
    "do_not_merge_across_partitions_select_final": "1",
    "defer_partition_pruning_after_final": "0",
    # What is asked of columns of the sorting key is tried before the other columns are read.
    "optimize_move_to_prewhere_if_final": "1",
    # Copies share the event id, so its index misses none of them: nothing beside what it finds
    # need be read. Of other columns copies may differ, and a copy that is no longer the newest
    # would be shown: their indexes serve look-ups in raw_events alone.
    "use_skip_indexes_if_final_exact_mode": "0",
    "ignore_data_skipping_indices": "'trace_id_index, conversation_id_index'",
}
"""Settings of views that read a partitioned table with FINAL, where the server knows them."""


def view_settings(server_settings: set[str]) -> str:
    """:data:`VIEW_SETTINGS` that the server knows, as a list for ``SETTINGS``."""
    known = [(name, value) for name, value in VIEW_SETTINGS.items() if name in server_settings]
    return ", ".join(f"{name} = {value}" for name, value in known)


class Migration(Struct, frozen=True, kw_only=True, dict=True):
    """One file: ``0001_events.sql`` has version 1 and name ``events``."""

    version: int
    name: str
    text: str

    @cached_property
    def checksum(self) -> str:
        """32 hexadecimal digits of the text before rendering."""
        return hashlib.blake2b(self.text.encode(), digest_size=16).hexdigest()

    def statements(self, layout: Layout) -> list[str]:
        """The statements to run, in order, without comments."""
        lines = (line for line in self.text.splitlines() if not line.lstrip().startswith("--"))
        parts = _END.split("\n".join(lines))
        return [layout.render(part.strip()) for part in parts if part.strip()]


@cache
def load_migrations() -> tuple[Migration, ...]:
    """All migrations in order. Versions run from 1 without holes."""
    found = []
    for file in files(__package__).iterdir():
        if match := _FILE.fullmatch(file.name):
            text = file.read_text(encoding="utf-8")
            found.append(Migration(version=int(match[1]), name=match[2], text=text))
    found.sort(key=lambda migration: migration.version)
    if [migration.version for migration in found] != list(range(1, len(found) + 1)):
        names = ", ".join(f"{migration.version:04}_{migration.name}" for migration in found)
        raise ValueError(f"schemas/clickhouse: migrations must be numbered from 1, found {names}")
    return tuple(found)


def quote_name(name: str) -> str:
    """An identifier for SQL.

    >>> quote_name("prompt_words")
    '`prompt_words`'
    """
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def quote_text(text: str) -> str:
    r"""A string literal for SQL.

    >>> quote_text("the user's")
    "'the user\\'s'"
    """
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "\\0")
    return f"'{escaped}'"
