"""Thousands of broken folders: loading them never raises and always says what is wrong."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.monitors.load import LoadResult, load_monitors
from schemas.monitors.secrets import secret_resolver
from tests.schemas.monitors.documents import FOLDER, Plain
from tests.schemas.monitors.loading import read_nothing
from tests.schemas.monitors.signals import SIGNALS

FREE_FORM = "connectionDetails"
WRONG: tuple[Any, ...] = (
    {"nonsense": 1},
    [["nonsense"]],
    [{"nonsense": None}],
    True,
    10**30,
    "\x7f nonsense ' \" ${ } *",
)


LENIENT = {"description", "displayName", "service", "severity", "target", "threshold", "type"} | {
    "team",
    "env",
}
"""Fields that hold any text or any number."""


def load_text(text: str) -> LoadResult:
    result = load_monitors(
        {"broken.yaml": text},
        signals=SIGNALS,
        resolve_secret=secret_resolver({}, read_nothing),
    )
    assert all(problem.file == "broken.yaml" and problem.message for problem in result.problems)
    assert all(str(problem).startswith("broken.yaml: ") for problem in result.problems)
    return result


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if key != FREE_FORM:
                yield from places(item, (*path, key))


def replaced(document: Plain, path: tuple[str | int, ...], value: Any) -> Plain:
    result: Any = copy.deepcopy(document)
    place = result
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return result  # type: ignore[no-any-return]


def at(document: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


@pytest.mark.parametrize("name", FOLDER)
def test_every_field_with_a_value_of_another_type(name: str) -> None:
    document = FOLDER[name]
    for path in places(document):
        here = at(document, path)
        for wrong in WRONG:
            if isinstance(wrong, bool) and isinstance(here, bool):
                continue
            if isinstance(wrong, str | int) and LENIENT & {*path[-2:]}:
                continue
            broken = replaced(document, path, wrong)
            assert load_text(json.dumps([broken])).errors, (path, wrong)


@pytest.mark.parametrize("name", FOLDER)
def test_an_unknown_field_everywhere(name: str) -> None:
    for path in [(), *places(FOLDER[name])]:
        here = at(FOLDER[name], path)
        if isinstance(here, dict) and path[-1:] not in {("labels",), ("annotations",)}:
            broken = replaced(FOLDER[name], (*path, "nonsense"), 1)
            assert any(
                "unknown field" in problem.message and problem.path.endswith("nonsense")
                for problem in load_text(json.dumps(broken)).errors
            ), path


FOLDER_TEXT = json.dumps(list(FOLDER.values()), indent=1)
ALL_PLACES = [(name, path) for name in FOLDER for path in places(FOLDER[name])]
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["*", "5m", "1Q", "latency < 4s", "tidewatch", "console", "${X}", "file:x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@settings(max_examples=500)
@given(st.lists(st.tuples(st.sampled_from(ALL_PLACES), PLAIN), min_size=1, max_size=3))
def test_any_values_anywhere(changes: list[tuple[tuple[str, tuple[str | int, ...]], Any]]) -> None:
    documents = {name: FOLDER[name] for (name, _), _ in changes}
    for (name, path), value in changes:
        try:
            documents[name] = replaced(documents[name], path, value)
        except (TypeError, KeyError, IndexError):
            continue  # An earlier change took the place away.
    text = json.dumps(list(documents.values()))
    assert load_text(text).problems == load_text(text).problems


@settings(max_examples=300)
@given(
    st.integers(min_value=0, max_value=len(FOLDER_TEXT)),
    st.integers(min_value=0, max_value=30),
    st.text(max_size=5),
)
def test_text_cut_out_and_put_in(at: int, length: int, inserted: str) -> None:
    load_text(FOLDER_TEXT[:at] + inserted + FOLDER_TEXT[at + length :])


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    result = load_text(data.decode("utf-8", errors="surrogateescape"))
    assert not result.monitors.monitors
