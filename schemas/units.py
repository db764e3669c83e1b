"""Units of signals as people write them."""

from typing import Final

_UCUM: Final = {"[USD]": "USD", "By": "B", "{event}/s": "events/s"}


def unit_words(unit: str, *, one: bool = False) -> str:
    """A UCUM unit in words: ``{token}`` is an annotation, counted in words (``one`` of them).

    >>> unit_words("{token}/s"), unit_words("{retry}"), unit_words("{token}", one=True)
    ('tokens/s', 'retries', 'token')
    >>> unit_words("{USD}"), unit_words("[USD]"), unit_words("s"), unit_words("1")
    ('USD', 'USD', 's', '')
    """
    if unit == "1":
        return ""
    if unit in _UCUM or not unit.startswith("{"):
        return _UCUM.get(unit, unit)
    name, _, per = unit[1:].partition("}")
    if one or name.endswith("s") or name.isupper():
        return name + per
    return (f"{name[:-1]}ies" if name.endswith("ry") else f"{name}s") + per
