"""Every planted defect still fits the source; running them is ``python -m tests.chaos.mutants``."""

import pytest

from tests.chaos.mutations import Mutant, all_mutants


@pytest.mark.parametrize("mutant", all_mutants(), ids=lambda mutant: mutant.name)
def test_it_applies_once_and_is_python(mutant: Mutant) -> None:
    compile(mutant.patched(), mutant.file, "exec")
    assert mutant.run_plan(1).events > 0


def test_there_are_twenty() -> None:
    assert len({mutant.name for mutant in all_mutants()}) >= 20
