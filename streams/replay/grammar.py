"""Sentence templates: ``{either|or}`` and ``<slot>``, rendered with bound slots.

>>> import random
>>> grammar = Grammar({"days": ["14"], "thing": ["the lamp"]})
>>> sentence = grammar.compile("Return <thing> within <days> {days|days}.")
>>> grammar.render(sentence, {}, random.Random(1))
'Return the lamp within 14 days.'
"""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Binding = dict[str, str]

_PIECES = re.compile(r"(\{[^{}]*\}|<[a-z_]+>)")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")


class Slot(NamedTuple):
    """A place that takes one of its slot's values."""

    name: str


class Either(NamedTuple):
    """A place that takes one of several templates."""

    options: "list[Template]"


Template = list[str | Slot | Either]


class Grammar:
    """Slots and the templates compiled against them.

    Parameters
    ----------
    slots
        Values by slot name. ``"3..29"`` stands for the whole numbers from 3 to 29; a value may
        name other slots.
    subjects
        Slots that say what a sentence is about. :meth:`contradict` leaves them alone.
    """

    def __init__(self, slots: Mapping[str, Sequence[Any]], subjects: Sequence[str] = ()) -> None:
        self.subjects = frozenset(subjects)
        self._names = frozenset(slots)
        self._values: dict[str, list[range | Template]] = {
            name: [self._value(str(value)) for value in values] for name, values in slots.items()
        }

    def _value(self, text: str) -> range | Template:
        if found := _RANGE.fullmatch(text):
            return range(int(found[1]), int(found[2]) + 1)
        return self.compile(text)

    def compile(self, text: str, *, alternatives: bool = True) -> Template:
        """Read a template; in code, ``alternatives=False`` leaves braces as they are."""
        parts: Template = []
        for piece in _PIECES.split(text):
            if piece.startswith("<") and piece[1:-1] in self._names:
                parts.append(Slot(piece[1:-1]))
            elif piece.startswith("{") and alternatives:
                parts.append(Either([self.compile(o) for o in piece[1:-1].split("|")]))
            elif piece.startswith("{"):
                parts.extend(self._slots_only(piece))
            elif piece:
                parts.append(piece)
        return parts

    def _slots_only(self, text: str) -> Template:
        pieces = re.split(r"(<[a-z_]+>)", text)
        return [
            Slot(p[1:-1]) if p.startswith("<") and p[1:-1] in self._names else p
            for p in pieces
            if p
        ]

    def render(self, template: Template, binding: Binding, rng: random.Random) -> str:
        """The template as text. Slots without a value get one, which ``binding`` then keeps."""
        texts: list[str] = []
        for part in template:
            if isinstance(part, str):
                texts.append(part)
            elif isinstance(part, Slot):
                value = binding.get(part.name)
                if value is None:
                    value = binding[part.name] = self._draw(part.name, rng)
                texts.append(value)
            else:
                options = part.options
                texts.append(self.render(options[int(rng.random() * len(options))], binding, rng))
        return "".join(texts)

    def _draw(self, name: str, rng: random.Random) -> str:
        values = self._values[name]
        value = values[int(rng.random() * len(values))]
        if isinstance(value, range):
            return str(value[int(rng.random() * len(value))])
        # Helper slots inside a value stay unbound: 9:00 here does not make it 9:30 there.
        return self.render(value, {}, rng)

    def subjects_of(self, binding: Binding) -> list[str]:
        """The values of the subjects bound."""
        return [value for name, value in binding.items() if name in self.subjects]

    def contradict(self, binding: Binding, rng: random.Random) -> Binding:
        """The same subjects with other values in all other slots."""
        other = dict(binding)
        for name, value in binding.items():
            if name in self.subjects:
                continue
            for _ in range(8):
                other[name] = self._draw(name, rng)
                if other[name] != value:
                    break
        return other
