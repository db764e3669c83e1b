"""Which findings of a response the user's prompt does not hold."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.privacy.findings import Finding, Findings
from detectors.privacy.kinds import Kind

_SIGNS: Final = re.compile(r"[\W_]+")
_PHONE_DIGITS: Final = 9
"""Country code and trunk prefix differ between spellings of a number; its last digits do not."""


def leaked(
    found: Findings, prompts: Sequence[str | None], in_prompts: Findings
) -> NDArray[np.bool_]:
    """Which findings of the responses their prompts do not hold, however written there.

    Parameters
    ----------
    found
        Of the responses.
    prompts
        The prompts, one a response.
    in_prompts
        Findings of the prompts.
    """
    said = {
        (int(row), item.value) for row, item in zip(in_prompts.rows, in_prompts.items, strict=True)
    }
    plain: dict[int, str] = {}
    new = np.zeros(len(found), np.bool_)
    for number, (row, item) in enumerate(zip(found.rows.tolist(), found.items, strict=True)):
        if row not in plain:
            plain[row] = _SIGNS.sub("", (prompts[row] or "").casefold())
        new[number] = (row, item.value) not in said and not _holds(plain[row], item)
    return new


def _holds(plain: str, item: Finding) -> bool:
    """Whether the text, its signs and spaces left out, holds the value."""
    if item.kind is Kind.PERSON:
        return all(word in plain for word in item.value.split())
    value = _SIGNS.sub("", item.value.casefold())
    if item.kind is Kind.PHONE:
        value = value[-_PHONE_DIGITS:] if len(value) > _PHONE_DIGITS + 1 else value
    return bool(value) and value in plain
