"""Random suffixes, as attacks by gradients append them to plain requests."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from detectors.text.vocabulary import vocabulary
from training.injection.documents import rows
from training.injection.noises import (
    Noise,
    of_characters,
    of_code,
    of_codes,
    of_keys,
    of_scripts,
    of_syllables,
)

_MARKS: Final = (
    ".", ",", "!", "--", "\\", '"', "](", "{", "}", "==", ";", ":", "**", "(", ")", "[", "<", "/",
    "+", "?", "'", "->", "$", "#", "\\n", "&", "|", "=>", "`", "_", "%", "//", "...", ".\\", "}{",
)  # fmt: skip
_TELLING: Final = (
    "Sure", "here", "tutorial", "step", "now", "write", "Give", "please", "steps", "reply",
    "answer", "sentence", "revert", "instead", "title", "using", "Python", "list", "example",
)  # fmt: skip
"""Words that searches for suffixes often end at, since they lead to an answer."""

_CODE: Final = (
    "TABLE", "function", "return", "groupby", "enumerate", "TypeError", "DEBUG", "Plugin", "INST",
    "clojure", "Activity", "Thread", "Renderer", "tabular", "itemize", "textit", "printf", "lambda",
    "javascript", "Insert", "Context", "Basic", "WIDTH", "digit", "Generated", "async", "yield",
    "const", "elif", "assert", "Override", "namespace", "ComponentModel", "ArrayList", "Bundle",
    "sql", "SELECT", "endif", "href", "xml", "json", "getElement", "Exception", "param", "int",
    "Assistant", "USER", "###", "```", "<<", "/>", "{\\", "`{", "([", "})", "()`", "]{", "<?",
)  # fmt: skip
_FOREIGN: Final = (
    "und", "mais", "texte", "vois", "etwa", "seria", "quello", "anglais", "internationale", "lang",
    "nah", "poj", "sob", "wenn", "dans", "della", "entre", "huit", "mon", "fen", "ist", "mit",
    "Pro", "ente", "ung", "ción", "eux", "jou", "ska", "ами", "ого", "し", "的", "é", "ß",
)  # fmt: skip


def suffix_makers(data: Path) -> dict[str, Noise]:
    """Makers of suffixes: of pieces, tokens, words, fragments of prose, letters and other noise.

    Parameters
    ----------
    data
        The folder of the public data; the word pieces are those of the model beside it.
    """
    words = vocabulary().words
    file = data / "../models/minilm-static-256/tokenizer.json"
    vocabulary_of_pieces = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    pieces = [piece for piece in vocabulary_of_pieces if piece[0] != "["]

    def of_pieces(rng: random.Random) -> str:
        text = ""
        for piece in rng.choices(pieces, k=rng.randint(12, 32)):
            drawn = rng.choice(_TELLING) if rng.random() < 0.12 else piece
            glue = "" if drawn.startswith("##") or rng.random() < 0.25 else " "
            plain = drawn.removeprefix("##")
            plain = plain.capitalize() if rng.random() < 0.25 else plain
            text += glue + plain + (rng.choice(_MARKS) if rng.random() < 0.25 else "")
        return text.strip()

    def of_tokens(rng: random.Random) -> str:
        text = ""
        for _ in range(rng.randint(14, 26)):
            drawn = rng.random()
            if drawn < 0.3:
                token = rng.choice(words[:2_500])
            elif drawn < 0.5:
                token = rng.choice(pieces).removeprefix("##")
            elif drawn < 0.65:
                token = rng.choice(_CODE)
            elif drawn < 0.73:
                token = rng.choice(_FOREIGN)
            elif drawn < 0.8:
                token = rng.choice(_TELLING)
            else:
                token = "".join(rng.choices(_MARKS, k=rng.randint(1, 3)))
            token = rng.choice([token, token, token, token.capitalize(), token.upper()])
            text += rng.choice(["", " ", " "]) + token
        return text.strip()

    def of_words(rng: random.Random) -> str:
        return " ".join(rng.choices(words, k=rng.randint(10, 30)))

    def of_words_and_marks(rng: random.Random) -> str:
        text = ""
        for word in rng.choices(words, k=rng.randint(10, 26)):
            text += rng.choice(["", " ", " ", " ", rng.choice(_MARKS), f" {rng.choice(_MARKS)} "])
            text += rng.choice([word, word, word.capitalize(), word.upper()])
        return text.strip()

    posts = [row["text"].split() for row in rows(data / "wiki_talk_cat/data.jsonl.gz")[::97]]
    prose = [post for post in posts if len(post) > 12]

    def of_glued_pieces(rng: random.Random) -> str:
        text = ""
        for _ in range(rng.randint(14, 24)):
            drawn = rng.random()
            piece = rng.choice(pieces).removeprefix("##")
            if drawn < 0.35:
                piece = rng.choice(words[:4_000]).capitalize()
            elif drawn < 0.5:
                piece = rng.choice(_CODE)
            elif drawn < 0.65:
                piece = rng.choice(_MARKS)
            text += piece + (" " if rng.random() < 0.4 else "")
        return text.strip()

    def of_fragments(rng: random.Random) -> str:
        text, goal = "", rng.randint(10, 20)
        while len(text.split()) < goal:
            source = rng.choice(prose)
            at = rng.randrange(len(source) - 3)
            fragment = " ".join(source[at : at + rng.choice([1, 1, 2, 2, 3])])
            if rng.random() < 0.25:
                fragment = rng.choice(_TELLING)
            if rng.random() < 0.2:
                fragment = fragment.capitalize()
            mark = "".join(rng.choices(_MARKS, k=rng.choice([1, 1, 2])))
            text += fragment + rng.choice([" ", " ", " ", "", mark, mark + " ", f" {mark} "])
        return text.strip()

    return {
        "word pieces": of_pieces,
        "glued pieces": of_glued_pieces,
        "fragments of prose": of_fragments,
        "keys side by side": of_keys,
        "codes": of_codes,
        "scripts": of_scripts,
        "tokens": of_tokens,
        "words": of_words,
        "words and marks": of_words_and_marks,
        "characters": of_characters,
    }


def strange_makers() -> dict[str, Noise]:
    """Makers of suffixes that no training sees, for judging."""
    words = vocabulary().words[:6_000]

    def of_turned_words(rng: random.Random) -> str:
        made = []
        for word in rng.choices(words, k=rng.randint(9, 22)):
            letters = list(word)
            turn = rng.randrange(4)
            if turn == 0:
                letters.reverse()
            elif turn == 1:
                rng.shuffle(letters)
            elif turn == 2:
                letters.insert(rng.randrange(len(letters) + 1), rng.choice(_MARKS))
            made.append("".join(letters))
        return " ".join(made)

    return {"syllables": of_syllables, "pieces of code": of_code, "turned words": of_turned_words}


def mixture(makers: dict[str, Noise], rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """A suffix of tokens of several makers in turn, glued in a manner of its own; the makers' names.

    Attacks differ in what they draw from: what tells one kind from ordinary text should not be all
    that is learnt.
    """
    names = tuple(rng.sample(sorted(makers), rng.choice([2, 2, 3, 4])))
    tokens = [[token for token in makers[name](rng).split(" ") if token] for name in names]
    glue = rng.choice([[" "], [" ", " ", " ", ""], [" ", ""], [" ", " ", "\n", *_MARKS[:6]]])
    turns: list[Callable[[str], str]] = [
        str.strip,
        str.strip,
        str.strip,
        str.capitalize,
        str.upper,
        str.lower,
    ]
    turn, run, text = rng.choice(turns), rng.choice([1, 1, 2, 4]), ""
    for _ in range(rng.randint(10, 26) // run + 1):
        source = rng.choice(tokens)
        at = rng.randrange(len(source))
        for token in source[at : at + run]:
            text += (turn(token) if rng.random() < 0.5 else token) + rng.choice(glue)
    return text.strip(), names
