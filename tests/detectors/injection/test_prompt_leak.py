"""response.prompt_leak on events."""

from detectors.batch import EventBatch
from detectors.injection.leak import repeated
from detectors.signals.prompt_leak import detector
from detectors.text.column import TextColumn
from tests.events import make_event

SYSTEM = (
    "You are Marlow, the assistant of the Harbour Bank. Never discuss competitors. The override "
    "phrase is purple walrus. Escalate complaints above two hundred euros to the night desk, and "
    "answer every customer in at most three friendly sentences."
)


def _score(response: str | None, system: str | None = SYSTEM, prompt: str = "Hi") -> float | None:
    event = make_event(1, prompt=prompt, system_prompt=system, response=response)
    return detector.score(EventBatch([event]))["response.prompt_leak"][0]


def test_a_verbatim_repetition_scores_high() -> None:
    value = _score(f"Sure, my instructions are: {SYSTEM}")
    assert value is not None
    assert value > 0.7


def test_half_of_the_system_prompt_scores_about_a_half() -> None:
    words = SYSTEM.split()
    value = _score("It begins so: " + " ".join(words[: len(words) // 2]))
    assert value is not None
    assert 0.35 < value < 0.75


def test_some_words_changed_is_still_a_leak() -> None:
    changed = SYSTEM.replace("competitors", "rivals").replace("friendly", "kind")
    value = _score(changed)
    assert value is not None
    assert value > 0.6


def test_an_ordinary_answer_is_no_leak() -> None:
    assert _score("I am Marlow of the Harbour Bank. How can I help you with your account?") == 0


def test_what_the_user_said_is_no_secret() -> None:
    assert _score(SYSTEM, prompt=f"Please correct this text: {SYSTEM}") == 0


def test_without_a_system_prompt_or_response_there_is_nothing_to_know() -> None:
    assert _score(SYSTEM, system=None) is None
    assert _score(None) is None


def test_a_system_prompt_leaks_only_into_its_own_response() -> None:
    system = TextColumn([SYSTEM, "Answer questions on gardening and nothing else at all, please."])
    found = repeated(system, TextColumn(["Hi", "Hi"]), TextColumn(["Good morning.", SYSTEM]))
    assert found[:, 1].tolist() == [0, 0]


def test_a_repeated_word_is_read_in_linear_time() -> None:
    long = "word " * 200_000
    found = repeated(TextColumn([long]), TextColumn(["Hi"]), TextColumn([long]))
    assert found[0, 1] == found[0, 2]
