"""Settings from flags, environment and file."""

from pathlib import Path

import pytest

from streams.settings import SettingsError, load_settings


@pytest.fixture(autouse=True)
def _clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_flags_over_environment_over_file_over_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("tidewatch.toml").write_text(
        '[kafka]\nbootstrap_servers = "file:1"\ntopic_prefix = "file."\npartitions = 3\n'
    )
    monkeypatch.setenv("TIDEWATCH_KAFKA__BOOTSTRAP_SERVERS", "environment:1")
    monkeypatch.setenv("TIDEWATCH_KAFKA__TOPIC_PREFIX", "environment.")

    kafka = load_settings(kafka={"bootstrap_servers": "flag:1"}).kafka

    assert kafka.bootstrap_servers == "flag:1"
    assert kafka.topic_prefix == "environment."
    assert kafka.partitions == 3
    assert kafka.replication_factor == 1


def test_the_file_may_have_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("other.toml").write_text('data_dir = "elsewhere"\n')
    monkeypatch.setenv("TIDEWATCH_SETTINGS", "other.toml")

    assert load_settings().data_dir == Path("elsewhere")


def test_a_named_file_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEWATCH_SETTINGS", "nowhere.toml")

    with pytest.raises(SettingsError, match=r"no file nowhere\.toml"):
        load_settings()


@pytest.mark.parametrize(
    ("section", "value", "named"),
    [
        ("kafka", {"partitions": 0}, "kafka.partitions"),
        ("kafka", {"partitoins": 6}, "kafka.partitoins"),
        ("score", {"pane_seconds": 3}, "score.pane_seconds"),
        ("score", {"segmentations": [["colour"]]}, "'colour' is no dimension"),
        ("http", {"score_port": 70000}, "TIDEWATCH_HTTP__SCORE_PORT"),
        ("log", {"level": "loud"}, "log.level"),
        # Queries call tables by single letters: the database would hide them.
        ("clickhouse", {"database": "a"}, "clickhouse.database"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    section: str, value: dict[str, object], named: str
) -> None:
    with pytest.raises(SettingsError, match=r"tidewatch\.toml or TIDEWATCH_") as error:
        load_settings(**{section: value})

    assert named in str(error.value)


def test_every_problem_has_a_line() -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(kafka={"partitions": 0}, log={"level": "loud"})

    assert len(str(error.value).splitlines()) == 2


def test_a_broken_file_is_named() -> None:
    Path("tidewatch.toml").write_text("[kafka\n")

    with pytest.raises(SettingsError, match=r"tidewatch\.toml"):
        load_settings()


def test_secrets_are_not_printed() -> None:
    settings = load_settings(kafka={"sasl_password": "hunter2"}, clickhouse={"password": "hunter2"})

    assert "hunter2" not in repr(settings)
    assert "hunter2" not in settings.model_dump_json()


def test_segmentations_are_canonical() -> None:
    settings = load_settings(
        score={"segmentations": [["use_case", "service_name"], ["service_name", "use_case"], []]}
    )

    assert settings.score.segmentations == (("service_name", "use_case"), ())
