"""Secrets in documents: ``${NAME}`` from the environment, ``file:/run/secrets/x`` from a file."""

import re
from collections.abc import Callable, Mapping

SecretResolver = Callable[[str], str]
"""Takes the text of a document, gives it with references filled in."""

OWN = "TIDEWATCH_"
"""How variables of our own settings begin. Whoever writes a document could have their passwords
sent to an address of theirs."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class SecretError(ValueError):
    """A reference that cannot be followed. Names the reference, never a value."""


def secret_resolver(
    environment: Mapping[str, str], read_file: Callable[[str], str]
) -> SecretResolver:
    """A function that fills in references.

    Parameters
    ----------
    environment
        Where ``${NAME}`` is looked up.
    read_file
        Gives the text of a file; its ``OSError`` is told as a :class:`SecretError`.

    The function raises :class:`SecretError` for a variable that is not set, is empty or is one of
    our own settings, and for a file that cannot be read or is empty. Whitespace around a file's
    text is left away.

    >>> resolve = secret_resolver({"TOKEN": "t"}, read_file=lambda path: "from " + path)
    >>> resolve("https://example.org/${TOKEN}"), resolve("file:/run/secrets/hook")
    ('https://example.org/t', 'from /run/secrets/hook')
    """

    def variable(match: re.Match[str]) -> str:
        name = match[1]
        if not _NAME.fullmatch(name):
            raise SecretError(f"{match[0]!r} does not name an environment variable")
        if name.startswith(OWN):
            raise SecretError(f"{name} is a setting of the processes: no document may read it")
        value = environment.get(name, "")
        if not value:
            raise SecretError(f"the environment variable {name} is not set")
        return value

    def resolve(text: str) -> str:
        filled = _VARIABLE.sub(variable, text)
        if not text.startswith("file:"):
            return filled
        path = filled.removeprefix("file:")
        try:
            content = read_file(path).strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise SecretError(f"the file {path} cannot be read: {reason}") from None
        if not content:
            raise SecretError(f"the file {path} is empty")
        return content

    return resolve
