"""A server that answers as Grafana does."""

from collections.abc import Iterator

import pytest

from tests.dashboards.grafana.fake_grafana import FakeGrafana


@pytest.fixture
def grafana() -> Iterator[FakeGrafana]:
    """A running one, empty, with all rights."""
    with FakeGrafana().up() as server:
        yield server
