"""Made-up secrets for every rule of a gitleaks configuration: what formats there are to find."""

import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

_NAMED: Final = re.compile(
    r"\[\\w\.-\]\{0,50\}\?(?:\(\?i:\[\\w\.-\]\{0,50\}\?)?(?P<name>\(.*?\))\(\?:\[ \\t\\w\.-\]\{0,20\}\)"
    r".*?\{0,5\}(?P<value>\(.*\))\(\?:\[\\x60'\"\\s;\]"
)
_PARTS: Final = ("_api_key", "_secret", "-token", "ApiKey", "_ACCESS_TOKEN", "")
_SIGNS: Final = ("=", " = ", ": ", '="', ' = "', ': "', "='")
_MOST_REPEATS: Final = 60
_PRINTABLE: Final = string.ascii_letters + string.digits + "_-+/=.~"


@dataclass(frozen=True)
class LeakRule:
    """A rule: its name, and whether a secret of it is told by a provider's name before it."""

    name: str
    named: bool
    pattern: str


def leak_rules(path: Path) -> Iterator[LeakRule]:
    """The rules with a pattern in a ``gitleaks.toml``."""
    for rule in tomllib.loads(path.read_text(encoding="utf-8"))["rules"]:
        if "regex" in rule:
            named = _NAMED.search(rule["regex"]) is not None
            yield LeakRule(rule["id"], named, rule["regex"])


def instance(rule: LeakRule, rng: Random) -> tuple[str, tuple[int, int]]:
    """A text that the rule finds, and where its secret stands.

    A rule that asks for a provider's name before the secret gets an assignment as in a
    configuration file, ``acme_api_key = "..."`` and the like.
    """
    named = _NAMED.search(rule.pattern)
    if named is None:
        before = rng.choice(("", "see ", "- ", '"', "value: "))
        value = "".join(_sampled(parser.parse(_in_python(rule.pattern)), rng)).strip("`'\"; \n)\\")
        return f"{before}{value}\n", (len(before), len(before) + len(value))
    name = "".join(_sampled(parser.parse(_in_python(named["name"])), rng)).strip(",")
    value = "".join(_sampled(parser.parse(_in_python(named["value"])), rng)).strip('"')
    sign = rng.choice(_SIGNS)
    before = name + rng.choice(_PARTS) + sign
    quote = sign.strip(" =:")
    return f"{before}{value}{quote}\n", (len(before), len(before) + len(value))


def _in_python(pattern: str) -> str:
    """The pattern in Python's syntax; flags are left out, since samples are made, not matched."""
    pattern = re.sub(r"\(\?-?[is]\)", "", pattern)
    pattern = re.sub(r"\(\?-?[is]:", "(?:", pattern).replace("[[:alnum:]]", "[A-Za-z0-9]")
    return pattern.replace(r"\z", "$").replace("(?P<", "(?P<g_")


def _sampled(parsed: Any, rng: Random) -> Iterator[str]:
    for operation, argument in parsed:
        if operation is codes.LITERAL:
            yield chr(argument)
        elif operation in {codes.ANY, codes.NOT_LITERAL}:
            yield "."
        elif operation is codes.IN:
            members = _members(argument)
            yield " " if " " in members and len(members) < 6 else rng.choice(members)
        elif operation is codes.BRANCH:
            yield from _sampled(rng.choice(argument[1]), rng)
        elif operation is codes.SUBPATTERN:
            yield from _sampled(argument[3], rng)
        elif operation in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
            least, most, inner = argument
            filling = inner[0][0] is codes.ANY or " " in "".join(_sampled(inner, Random(0)))
            most = least if filling else max(least, min(int(most), _MOST_REPEATS))
            for _ in range(rng.randint(least, most)):
                yield from _sampled(inner, rng)


def _members(argument: Any) -> str:
    members, inverted = "", False
    for kind, value in argument:
        if kind is codes.NEGATE:
            inverted = True
        elif kind is codes.LITERAL:
            members += chr(value)
        elif kind is codes.RANGE:
            members += "".join(map(chr, range(value[0], value[1] + 1)))
        elif value is codes.CATEGORY_DIGIT:
            members += string.digits
        elif value is codes.CATEGORY_SPACE:
            members += " "
        else:
            members += string.ascii_letters + string.digits + "_"
    if inverted:
        return "".join(c for c in _PRINTABLE if c not in members)
    return members
