import pytest

from schemas.monitors.secrets import SecretError, secret_resolver


def read_file(path: str) -> str:
    files = {"/run/secrets/hook": "  https://hooks.example.org/s3cr3t\n", "/empty": " \n"}
    if path not in files:
        raise FileNotFoundError(2, "No such file or directory", path)
    return files[path]


RESOLVE = secret_resolver(
    {"TIDEWATCH_KAFKA__SASL_PASSWORD": "x", "TOKEN": "t0k3n", "EMPTY": "", "DIR": "/run/secrets"},
    read_file,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("$TOKEN", "$TOKEN"),
        ("${TOKEN}", "t0k3n"),
        ("https://h/${TOKEN}/${TOKEN}", "https://h/t0k3n/t0k3n"),
        ("file:/run/secrets/hook", "https://hooks.example.org/s3cr3t"),
        ("file:${DIR}/hook", "https://hooks.example.org/s3cr3t"),
    ],
)
def test_references_are_filled_in(text: str, value: object) -> None:
    assert RESOLVE(text) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${NOWHERE}", "the environment variable NOWHERE is not set"),
        ("${EMPTY}", "the environment variable EMPTY is not set"),
        ("${}", "does not name an environment variable"),
        ("https://evil.example/${TIDEWATCH_KAFKA__SASL_PASSWORD}", "no document may read it"),
        ("${A B}", "does not name an environment variable"),
        ("file:/nowhere", "the file /nowhere cannot be read: No such file or directory"),
        ("file:/empty", "the file /empty is empty"),
    ],
)
def test_a_reference_that_leads_nowhere_is_named(text: str, message: str) -> None:
    with pytest.raises(SecretError, match=message.replace("$", r"\$")):
        RESOLVE(text)


def test_a_value_that_looks_like_a_reference_is_left_alone() -> None:
    resolve = secret_resolver({"A": "${B}"}, read_file)
    assert resolve("${A}") == "${B}"
