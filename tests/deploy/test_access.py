"""What is deployed is what is tested."""

from pathlib import Path

from streams.access.clickhouse_grants import grants
from streams.settings import ClickHouseSettings
from tests.e2e.secured_kafka import Authority, SecuredKafka

DEPLOY = Path(__file__).parents[2] / "deploy"


def test_the_roles_are_those_of_the_processes() -> None:
    told = "".join(f"{statement};\n" for statement in grants(ClickHouseSettings()))
    assert (DEPLOY / "clickhouse-roles.sql").read_text() == told, (
        "run `tidewatch access clickhouse > deploy/clickhouse-roles.sql`"
    )


def test_the_brokers_properties_are_those_that_tests_run_with(tmp_path: Path) -> None:
    server = SecuredKafka(tmp_path / "kafka", Authority(tmp_path), {"admin": "x"})
    server.choose_ports()
    tested = {key: str(value) for key, value in server._properties().items()}
    lines = (DEPLOY / "kafka-secured.properties").read_text().splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    shown = {key: value for key, _, value in pairs}
    assert shown.pop("ssl.keystore.location").endswith("server.pem")
    assert shown.items() <= tested.items()
