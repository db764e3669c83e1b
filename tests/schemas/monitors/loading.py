"""Loading the tests' folder with documents replaced."""

import json
from collections.abc import Mapping

from schemas.monitors.load import LoadResult, load_monitors
from schemas.monitors.resolved import BurnRateMonitor
from schemas.monitors.secrets import secret_resolver
from tests.schemas.monitors.documents import FOLDER, Plain
from tests.schemas.monitors.signals import SIGNALS

NOTHING: Mapping[str, str] = {}


def read_nothing(path: str) -> str:
    raise FileNotFoundError(2, "No such file or directory", path)


def load(*documents: Plain, environment: Mapping[str, str] = NOTHING) -> LoadResult:
    """The result for the valid folder with documents replaced by kind and name, or added."""
    named = {(d["kind"], d["metadata"]["name"]): d for d in FOLDER.values()}
    named |= {(d["kind"], d["metadata"]["name"]): d for d in documents}
    return load_only(*named.values(), environment=environment)


def load_only(*documents: Plain, environment: Mapping[str, str] = NOTHING) -> LoadResult:
    return load_monitors(
        {"monitors.yaml": json.dumps(documents, indent=1)},
        signals=SIGNALS,
        resolve_secret=secret_resolver(environment, read_nothing),
    )


def told(result: LoadResult) -> dict[tuple[str, str], str]:
    return {(problem.severity, problem.path): problem.message for problem in result.problems}


def burn_rate(result: LoadResult, name: str = "shop-latency") -> BurnRateMonitor:
    found = next(m for m in result.monitors.monitors if m.name == name)
    assert isinstance(found, BurnRateMonitor)
    return found
