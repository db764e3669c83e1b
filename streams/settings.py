"""Settings of all processes: flags over environment over file over defaults.

The file is ``tidewatch.toml`` (or the one named by ``TIDEWATCH_SETTINGS``); a variable is
``TIDEWATCH_`` with the path in capitals, parts joined by two underscores:
``TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS``.
"""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from schemas.segments import DEFAULT_SEGMENTATIONS, Segmentation, check_dimension, segmentation
from streams.judge.settings import JudgeSettings
from streams.page.settings import PageSettings
from streams.setting_values import (
    Days,
    NetworkList,
    Port,
    PositiveInt,
    PositiveSeconds,
    Secret,
    Section,
)


class SettingsError(ValueError):
    """Settings that cannot be used; the message has a line a problem, each with its path."""


class KafkaSettings(Section):
    """How to reach Kafka, and how topics are made."""

    bootstrap_servers: str = Field("127.0.0.1:9092", description="Brokers, host:port by commas.")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="Transport and authentication."
    )
    sasl_mechanism: Literal["SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"] = Field(
        "SCRAM-SHA-512", description="SASL mechanism, with a SASL protocol."
    )
    sasl_username: str = Field("", description="SASL user.")
    sasl_password: Secret = Field(SecretStr(""), description="SASL password.")
    ssl_ca_location: str = Field("", description="File with the brokers' certificate authority.")
    topic_prefix: str = Field(
        "",
        description="Put before every topic's name. A second Tidewatch on the same brokers needs "
        "this and groups (and a Faust application) of its own.",
    )
    partitions: PositiveInt = Field(6, description="Partitions of topics that Tidewatch creates.")
    replication_factor: PositiveInt = Field(1, description="Replicas of topics it creates.")
    delivery: Literal["exactly_once", "at_least_once"] = Field(
        "exactly_once",
        description="`at_least_once` for brokers without transactions: a crash of score may count "
        "the last moments twice in windows, never in the events table.",
    )


class ClickHouseSettings(Section):
    """How to reach ClickHouse, and how tables are made."""

    url: str = Field("http://127.0.0.1:8123", description="HTTP interface.")
    database: str = Field(
        "tidewatch",
        min_length=2,
        description="Database; created by `tidewatch migrate`. A single letter is what queries "
        "call tables.",
    )
    user: str = Field("default", description="User.")
    password: Secret = Field(SecretStr(""), description="Password.")
    ca_location: str = Field(
        "", description="File with the authority that signed the certificate of an `https` server."
    )
    cluster: str = Field("", description="Cluster for `ON CLUSTER`; empty on a single server.")
    replicated: bool = Field(False, description="Replicated table engines (Keeper is needed).")
    timeout_seconds: PositiveSeconds = Field(30, description="Longest wait for an answer.")
    events_days: Days = Field(
        90,
        description="How long events are kept; `tidewatch migrate` brings a change to the tables.",
    )
    texts_days: Days = Field(
        30, description="How long their prompts, responses and other texts are kept."
    )
    windows_10s_days: Days = Field(3, description="How long windows of 10 s are kept.")
    windows_60s_days: Days = Field(90, description="The same of a minute.")
    windows_3600s_days: Days = Field(400, description="The same of an hour.")
    windows_86400s_days: Days = Field(1825, description="The same of a day.")
    alerts_days: Days = Field(730, description="How long alerts and deliveries are kept.")
    changes_days: Days = Field(1825, description="How long changes are kept.")
    feedback_days: Days = Field(400, description="How long feedback is kept.")
    dead_letters_days: Days = Field(30, description="How long dead letters are kept.")
    audit_days: Days = Field(1825, description="How long audit entries are kept.")


class ScoreSettings(Section):
    """The score process."""

    worker: str = Field("score-0", description="Stable name of this worker; fences its twin.")
    group: str = Field("tidewatch-score", description="Kafka consumer group.")
    batch_events: PositiveInt = Field(8_000, description="Most events in a batch.")
    batch_bytes: PositiveInt = Field(16 * 1024**2, description="Most bytes in a batch.")
    commit_seconds: PositiveSeconds = Field(
        0.25, description="Longest time that an event waits for a batch to fill."
    )
    pane_seconds: Literal[1, 2, 5, 10] = Field(
        1, description="Length of a pane: alerts are evaluated this often; more segments: longer."
    )
    lateness_seconds: PositiveSeconds = Field(
        0.5,
        description="How late an event may reach Kafka before alerts are evaluated without it. A "
        "later one counts in what is evaluated next.",
    )
    max_event_bytes: PositiveInt = Field(1024**2, description="A larger event is refused.")
    future_seconds: PositiveSeconds = Field(300, description="An event further ahead is refused.")
    past_days: PositiveInt = Field(30, description="An event further back is refused.")
    duplicate_horizon_seconds: PositiveSeconds = Field(
        600, description="Copies of an event within this time count once in windows."
    )
    feedback_patience_seconds: PositiveSeconds = Field(
        60, description="How long feedback waits for its event to be stored."
    )
    segmentations: tuple[Segmentation, ...] = Field(
        DEFAULT_SEGMENTATIONS, description="Sets of dimensions to split traffic by."
    )
    segment_limit: PositiveInt = Field(
        2_000, description="Most segments a segmentation in a batch; the rest is `__other__`."
    )
    store_texts: bool = Field(True, description="Whether prompts and responses are stored at all.")
    redact: bool = Field(True, description="Whether personal data are taken out before storage.")
    detectors_off: tuple[str, ...] = Field(
        (), description="Detectors that do not run, by name: their signals are not there."
    )
    protected_texts: str = Field(
        "",
        description="File of texts that models must not recite, parted by blank lines; see the "
        "signals `response.protected_overlap` and `response.protected_run`.",
    )
    privacy_finder: Literal["own", "presidio"] = Field(
        "own",
        description="Who searches prompts and responses for personal data: the own search, or "
        "Presidio beside it (extra `presidio`; about a hundred times as slow).",
    )
    presidio_pipeline: str = Field(
        "",
        description="Installed spaCy pipeline by which Presidio finds names; without one its "
        "patterns alone are used.",
    )
    excerpt_characters: int = Field(160, ge=0, description="Length of excerpts in alerts.")

    @property
    def feedback_group(self) -> str:
        """The consumer group in which feedback is read."""
        return f"{self.group}-feedback"

    @field_validator("segmentations")
    @classmethod
    def _canonical(cls, value: tuple[Segmentation, ...]) -> tuple[Segmentation, ...]:
        for dimensions in value:
            for name in dimensions:
                check_dimension(name)
        return tuple(dict.fromkeys(segmentation(dimensions) for dimensions in value))


class WatchSettings(Section):
    """The watch process."""

    worker: str = Field("watch-0", description="Stable name of this worker; fences its twin.")
    application: str = Field("tidewatch-watch", description="Faust application id.")
    max_segments: PositiveInt = Field(10_000, description="Most segments kept a partition.")
    source_idle_seconds: PositiveSeconds = Field(
        60, description="A source partition silent this long no longer holds evaluation up."
    )
    stall_seconds: PositiveSeconds = Field(
        60, description="Alert when panes lag this far behind the clock."
    )
    session_timeout_seconds: PositiveSeconds = Field(
        10, description="How soon a dead worker's partitions move."
    )
    dashboard_url: str = Field("", description="Base of dashboard links in alerts.")


class SinkSettings(Section):
    """The sink process."""

    group: str = Field("tidewatch-sink", description="Kafka consumer group.")
    batch_messages: PositiveInt = Field(5_000, description="Most messages an insert.")
    flush_seconds: PositiveSeconds = Field(1.0, description="Longest time between inserts.")


class NotifySettings(Section):
    """The notify process."""

    group: str = Field("tidewatch-notify", description="Kafka consumer group.")
    resend_seconds: PositiveSeconds = Field(
        30, description="Alertmanager is told again this often."
    )
    timeout_seconds: PositiveSeconds = Field(10, description="Longest wait for a receiver.")
    allow_networks: NetworkList = Field(
        "",
        description="Where receivers may be beside the public internet: networks by commas, such "
        "as `10.2.0.0/16, 127.0.0.1`; `private` is all but link-local and metadata addresses.",
    )


class HttpSettings(Section):
    """Health and metrics of the processes; port 0 turns a process's off."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    score_port: Port = Field(9461, description="score.")
    watch_port: Port = Field(9462, description="watch.")
    sink_port: Port = Field(9463, description="sink.")
    notify_port: Port = Field(9464, description="notify.")
    page_port: Port = Field(9460, description="page: the built-in page itself.")


class LogSettings(Section):
    """Structured logs on standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level.")
    format: Literal["json", "console", "auto"] = Field(
        "auto", description="`auto`: console on a terminal, JSON elsewhere."
    )


class Settings(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        env_prefix="TIDEWATCH_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    actor: str = Field(
        "",
        description="Who answers for what starts with these settings, as the audit names them: a "
        "person, a pipeline's run; empty: the operating system's user and host.",
    )
    data_dir: Path = Field(Path(".tidewatch"), description="Where the embedded servers keep data.")
    monitors: Path = Field(Path("monitors"), description="Folder of monitor documents.")
    kafka: KafkaSettings = KafkaSettings()
    clickhouse: ClickHouseSettings = ClickHouseSettings()
    score: ScoreSettings = ScoreSettings()
    watch: WatchSettings = WatchSettings()
    sink: SinkSettings = SinkSettings()
    notify: NotifySettings = NotifySettings()
    judge: JudgeSettings = JudgeSettings()
    http: HttpSettings = HttpSettings()
    page: PageSettings = PageSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags first, then environment, then the file."""
        path = Path(os.environ.get("TIDEWATCH_SETTINGS", "tidewatch.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=path)


def load_settings(**flags: Any) -> Settings:
    """Settings from flags (nested dictionaries), environment and file.

    Raises :class:`SettingsError` with a line a problem: path, what is wrong, where it may come
    from.
    """
    named = os.environ.get("TIDEWATCH_SETTINGS")
    if named and not Path(named).is_file():
        raise SettingsError(f"TIDEWATCH_SETTINGS: there is no file {named}")
    try:
        return Settings(**flags)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            path = ".".join(str(part) for part in problem["loc"])
            variable = "TIDEWATCH_" + "__".join(str(part).upper() for part in problem["loc"])
            lines.append(f"{path}: {problem['msg']} (set it in tidewatch.toml or {variable})")
        raise SettingsError("\n".join(lines)) from None
    except ValueError as error:
        raise SettingsError(f"{named or 'tidewatch.toml'}: {error}") from None
