"""Planted defects as data: what each changes, and the schedule that should show it."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from tests.chaos.actions import Action
from tests.chaos.run import Plan

ROOT = Path(__file__).resolve().parents[2]


class MutantError(ValueError):
    """A mutant whose patch does not fit the source any more; the message says which and where."""


class Mutant(Struct, frozen=True, kw_only=True):
    """One planted defect: in ``file``, ``old`` becomes ``new``."""

    name: str
    says: str
    file: str
    old: str
    new: str
    actions: list[Action]
    plan: dict[str, Any] = {}

    def patched(self, root: Path = ROOT) -> str:
        """The text of the file with the defect.

        Raises
        ------
        MutantError
            ``old`` is not there exactly once.
        """
        path = root / self.file
        text = path.read_text() if path.is_file() else ""
        if (times := text.count(self.old)) != 1:
            raise MutantError(
                f"mutant {self.name}: its text is {times} times in {self.file}, not once: "
                "bring tests/chaos/mutants.toml up to date"
            )
        return text.replace(self.old, self.new)

    @property
    def module(self) -> str:
        """The module's name."""
        return self.file.removesuffix(".py").replace("/", ".")

    def run_plan(self, seed: int) -> Plan:
        """The cheapest run known to show it."""
        given = {"seed": seed, "events": 6_000, "rate": 500.0, "score": 1, "watch": 1}
        fixed = {"notify": False, "partitions": 2, "patience": 25.0, "actions": self.actions}
        return msgspec.convert(given | fixed | self.plan, Plan)


def all_mutants() -> list[Mutant]:
    """Every mutant, in the order of the file."""
    with Path(__file__).with_name("mutants.toml").open("rb") as file:
        found = tomllib.load(file)
    return [msgspec.convert({"name": name, **fields}, Mutant) for name, fields in found.items()]
