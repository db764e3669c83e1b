import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.monitors.yaml_documents import DocumentError, read_documents


def values(text: str) -> list[object]:
    return [document.value for document in read_documents(text)]


def refused(text: str) -> tuple[str, int | None]:
    with pytest.raises(DocumentError) as caught:
        read_documents(text)
    return str(caught.value), caught.value.line


def test_many_documents_and_lists_of_documents() -> None:
    text = "# none yet\n---\na: 1\n---\n- b: 2\n- c: 3\n---\n\n---\n[{d: 4}]\n"
    assert values(text) == [{"a": 1}, {"b": 2}, {"c": 3}, {"d": 4}]


def test_json_is_read() -> None:
    assert values('{"a": [1, 2.5, 1e3, null, true, "x\\/y"]}') == [
        {"a": [1, 2.5, 1000.0, None, True, "x/y"]}
    ]


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("2022-01-01 12:00:00", "2022-01-01 12:00:00"),
        ("2022-01-01", "2022-01-01"),
        ("12:30:00", "12:30:00"),
        ("=", "="),
        ("0x1F", 31),
        ("010", 8),
        ("1_000", 1000),
        ("-5", -5),
        ("1e3", 1000.0),
        ("'1e3'", "1e3"),
        ("1.5", 1.5),
        ("off", False),
        ("y", True),
        ("'y'", "y"),
        ("<<", "<<"),
        ("~", None),
        ("'~'", "~"),
        ('"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
    ],
)
def test_scalars(scalar: str, value: object) -> None:
    assert values(f"a: {scalar}") == [{"a": value}]


def test_json_may_be_indented_by_tabs() -> None:
    assert values('[\n\t{"a":\t1}\n]') == [{"a": 1}]


def test_an_empty_item_is_a_document_and_a_comment_is_none() -> None:
    assert values("- a: 1\n-\n") == [{"a": 1}, None]
    assert values("---\n# later\n---\na: 1\n") == [{"a": 1}]


def test_keys_stay_as_written() -> None:
    assert values("on: 1\n1: 2\n1.0: 3") == [{"on": 1, "1": 2, "1.0": 3}]


def test_merge_keys_and_aliases() -> None:
    text = "base: &b {a: 1, b: 2}\nown: {<<: *b, b: 3}\nboth: {<<: [{a: 5}, *b]}"
    assert values(text) == [
        {"base": {"a": 1, "b": 2}, "own": {"a": 1, "b": 3}, "both": {"a": 5, "b": 2}}
    ]


def test_a_field_knows_its_line() -> None:
    text = "x: 1\n---\nspec:\n  objectives:\n    - target: 1\n    -\n      target: 2\n"
    document = read_documents(text)[1]
    assert document.line() == 3
    assert document.line("spec.objectives[0].target") == 5
    assert document.line("spec.objectives[1].target") == 7
    assert document.line("spec.objectives[1].missing") == 7
    assert document.line("spec.objectives[9].target") == 5
    assert document.line("metadata.annotations.tidewatch/by") == 3


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: 1\na: 2", "the key 'a' is given twice", 2),
        ("a:\n  b: 1\n  'b': 2", "the key 'b' is given twice", 3),
        ("a: [1\nb: 2", "not YAML", 2),
        ("a: 1\n\tb: 2", "not YAML", 2),
        ("a: *nowhere", "not YAML: found undefined alias", 1),
        ("a: !!python/object/apply:os.system [ls]", "tag", 1),
        ("a: !secret x", "the tag !secret is not read", 1),
        ("? [a]\n: 1", "a key must be text", 1),
        ("<<: 5", "'<<' must be followed by a mapping", 1),
        ("a: .inf", "'.inf' is not a finite number", 1),
        ("a: " + "9" * 400, "is not a finite number", 1),
        ("a: " + "9" * 5000, "is not a finite number", 1),
        ("x: 1\na: \x07", "a character not allowed, line 2", 2),
        ('a: "\\UFFFFFFFF"', "not YAML", None),
        ('"\\ud83d": 1', "half of a surrogate pair", 1),
        ("a: &a [*a]", "nested deeper than 50", 1),
        ("[" * 10_000, "nested deeper than 50", 1),
        ("{a: " * 10_000, "nested deeper than 50", 1),
        ("- " * 10_000, "nested deeper than 50", 1),
        ("x" * 1_000_001, "at most 1000000 are read", None),
    ],
)
def test_what_is_refused(text: str, message: str, line: int | None) -> None:
    told, where = refused(text)
    assert message in told
    assert where == line
    assert not told.endswith(f"(line {line})")  # whoever shows it adds the line


def test_aliases_cannot_multiply_without_bound() -> None:
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    told, _ = refused("\n".join(layers))
    assert "more than 100000 values once aliases are followed" in told


def test_merged_aliases_cannot_multiply_without_bound() -> None:
    layers = ["a0: &a0 {x: 1}"]
    layers += [f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 20)}]}}" for i in range(1, 10)]
    told, _ = refused("\n".join(layers))
    assert "more than 100000 values once aliases are followed" in told


PIECES = [
    *("a: ", "- ", "[", "]", "{", "}", "? ", ": ", "|", ">", "#", "'", '"\\U', "\n", "  ", "\t"),
    *("&x ", "*x", "<<: ", "!!int ", "!!float ", "!!null ", "!!bool ", "!!timestamp ", "!<x> "),
    *("0x", "0b_", "_", "0o7", "1:2", "---\n", "...\n", "%YAML 9999999999999.1\n"),
    *("\x00", "\ud800"),
]
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=20).map("".join))


@given(TEXTS)
def test_nothing_but_a_document_error_is_raised(text: str) -> None:
    try:
        documents = read_documents(text)
    except DocumentError as error:
        assert str(error)  # noqa: PT017
    else:
        assert all(document.line() >= 1 for document in documents)
