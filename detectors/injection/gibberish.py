"""Machine-made suffixes: tokens in a row that nobody would write.

Optimised suffixes (GCG: Zou et al. 2023, "Universal and Transferable Adversarial Attacks on
Aligned Language Models") are known tokens in an order without sense, glued together with stray
punctuation. Code, tables, names, identifiers and other languages are odd in other ways: a small
network over the form of every stretch of twelve words tells them apart. The worst stretch counts,
and the worst of the last ones once more: suffixes stand at the end, what else is odd anywhere.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place, compiled_inline
from detectors.injection.letters import READ, spelling_of
from detectors.injection.model import pooled_probability, tensors_of
from detectors.injection.products import active_product, add_product
from detectors.text.column import TextColumn
from detectors.text.word_hash import mix

STEP: Final = 6
"""Words of a block; a stretch is two blocks in a row, or the only one there is."""
FEWEST: Final = STEP
"""Texts of fewer words are not judged."""
FORM: Final = (
    *("known", "frequent", "rank", "rare", "digits", "capital inside", "foreign letters"),
    *("likelihood of letters", "unknown in letters", "length", "short", "said shortly before"),
    *("pair in ordinary text", "marks", "line break", "no gap", "comma", "capital"),
    *("known pair not in ordinary text", "frequent pair not in ordinary text"),
    *("likelihood of classes", "unlikely classes", "likelihood of classes two apart"),
)
"""Of every word, its mean over the stretch."""
FEATURES: Final = len(FORM)
PAIR_BITS: Final = 23
"""Of the table of pairs of words that occur in ordinary text, a bit each."""
UNLIKELY: Final = np.float32(-0.7)
"""Log odds of classes that seldom stand beside one another."""
_FREQUENT_ROWS: Final = 150
_COMMON_ROWS: Final = 2500
_RARE_ROWS: Final = 6000
POOLED: Final = ("worst", "worst of the last", "stretches")
LAST: Final = 3
"""Stretches at a text's end."""
_LANES: Final = 16
_RECENT: Final = 8
_LOGARITHMS: Final = (np.log1p(np.arange(1 << 13)) / 10).astype(np.float32)
_SHIFT: Final = np.uint64(64 - PAIR_BITS)
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
EIGHTH: Final = np.uint64(3)
LOW: Final = np.uint64(7)
"""What a bit's byte and its place in it are made with."""


@dataclass(frozen=True)
class GibberishModel:
    """Scores stretches by their form.

    Attributes
    ----------
    pairs
        uint8: bit ``pair_place`` is set for pairs of words that occur in ordinary text.
    letters
        float32 [27, 27]: the log probability of a letter after another, in English words; the
        last one stands for a word's begin and end.
    classes
        uint8 [vocabulary + 1]: the class of every word by the words that stand beside it; the last
        one is that of unknown words.
    likelihoods
        float32 [2, classes, classes]: the log of how often words of one class stand before those of
        another, next to them or two words apart, against how often they would by chance.
    hidden, hidden_bias, output
        float32 [features, units], [units] and [units + 1], the bias last.
    calibration
        float64 [4]: weights of :data:`POOLED`, then the intercept, of a text's log odds.
    """

    pairs: NDArray[np.uint8]
    letters: NDArray[np.float32]
    classes: NDArray[np.uint8]
    likelihoods: NDArray[np.float32]
    hidden: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output: NDArray[np.float32]
    calibration: NDArray[np.float64]

    def probabilities(self, column: TextColumn) -> NDArray[np.float64]:
        """Of every text, that it holds a machine-made stretch; 0 for texts of few words."""
        pooled, known = self.pooled(column)
        return pooled_probability(pooled, self.calibration, known)

    def pooled(self, column: TextColumn) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """:data:`POOLED` of every text, float64 [texts, 3]; and whether it has enough words."""
        offsets = stretch_offsets(column.words.offsets)
        pooled = np.zeros((len(column), len(POOLED)), np.float64)
        _pool(
            self.forms(column, offsets),
            offsets,
            self.hidden,
            self.hidden_bias,
            self.output,
            np.empty_like(self.hidden_bias),
            pooled,
        )
        many = np.diff(offsets)
        pooled[:, 2] = np.log(np.maximum(many, 1))
        return pooled, many > 0

    def forms(self, column: TextColumn, offsets: NDArray[np.int64]) -> NDArray[np.float32]:
        """:data:`FORM` of every stretch, float32 [stretches, FEATURES]."""
        words = column.words
        form = np.empty((int(offsets[-1]), FEATURES), np.float32)
        _forms(
            column.buffer.data,
            words.offsets,
            words.starts,
            words.ends,
            words.hashes,
            column.rows,
            offsets,
            self.pairs,
            self.letters,
            self.classes,
            self.likelihoods,
            np.empty((2, FEATURES), np.float32),
            form,
        )
        return form


@cache
def gibberish_model() -> GibberishModel:
    """The model that is shipped."""
    stored = tensors_of("gibberish")
    hidden, output = stored["hidden"], stored["output"]
    # Idle units, so that whole registers of the processor are filled.
    idle = -hidden.shape[1] % _LANES
    return GibberishModel(
        pairs=stored["pairs"],
        letters=stored["letters"].astype(np.float32),
        classes=stored["classes"],
        likelihoods=stored["likelihoods"].astype(np.float32),
        hidden=np.pad(hidden, ((0, 0), (0, idle))),
        hidden_bias=np.pad(stored["hidden_bias"], (0, idle)),
        output=np.concatenate([output[:-1], np.zeros(idle, np.float32), output[-1:]]),
        calibration=stored["calibration"],
    )


def stretch_offsets(word_offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each text's stretches begin, of all stretches; none for texts of few words."""
    counts = np.diff(word_offsets)
    blocks = (counts + STEP - 1) // STEP
    many = np.where(counts < FEWEST, 0, np.maximum(blocks - 1, 1))
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(many)])


@compiled_inline
def pair_place(first: np.uint64, second: np.uint64) -> np.uint64:
    """The bit of two words in a row."""
    return mix(mix(first) * _FACTOR + second) >> _SHIFT


@compiled_in_place
def _forms(
    data: NDArray[np.uint8],
    word_offsets: NDArray[np.int64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    rows: NDArray[np.int32],
    offsets: NDArray[np.int64],
    pairs: NDArray[np.uint8],
    letters: NDArray[np.float32],
    classes: NDArray[np.uint8],
    likelihoods: NDArray[np.float32],
    blocks: NDArray[np.float32],
    form: NDArray[np.float32],
) -> None:
    before, block = blocks[0], blocks[1]
    for text in range(len(offsets) - 1):
        begin, end = word_offsets[text], word_offsets[text + 1]
        stretch = offsets[text]
        if stretch == offsets[text + 1]:
            continue
        before[:] = 0
        first = begin
        while first < end:
            last = min(first + STEP, end)
            _read_block(
                data, starts, ends, hashes, rows, begin, first, last, end, pairs, letters, classes,
                likelihoods, block,
            )  # fmt: skip
            if first > begin or last == end:
                scale = np.float32(1) / np.float32(min(last - begin, last - first + STEP))
                for place in range(FEATURES):
                    form[stretch, place] = (before[place] + block[place]) * scale
                stretch += 1
            for place in range(FEATURES):
                before[place] = block[place]
            first = last


@compiled_inline
def _read_block(
    data: NDArray[np.uint8],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    hashes: NDArray[np.uint64],
    rows: NDArray[np.int32],
    begin: int,
    first: int,
    last: int,
    end: int,
    pairs: NDArray[np.uint8],
    letters: NDArray[np.float32],
    classes: NDArray[np.uint8],
    likelihoods: NDArray[np.float32],
    block: NDArray[np.float32],
) -> None:
    """Sums of :data:`FORM` over words ``first`` to ``last`` of a text from ``begin`` to ``end``."""
    known = frequent = rare = digits = switches = foreign = unlikely = short = again = 0
    ordinary = marks = lines = joined = commas = capitals = new = common = size = 0
    strange = 0
    rank = likelihood = near = apart = np.float32(0)
    for word in range(first, last):
        row, start, stop = rows[word], starts[word], ends[word]
        initial = data[start]
        size += stop - start
        short += stop - start <= 2
        capitals += (initial >= 0x41) & (initial <= 0x5A)
        if row >= 0:
            known += 1
            frequent += row < _FREQUENT_ROWS
            rank += _LOGARITHMS[min(row, len(_LOGARITHMS) - 1)]
            rare += row > _RARE_ROWS
            digits += initial <= 0x39
            foreign += initial >= 0x80
        else:
            digit, switch, wide, likely = spelling_of(data, start, stop, letters)
            digits += digit
            switches += switch
            foreign += wide
            if not (digit or wide):
                unlikely += 1
                likelihood += likely
        said = 0
        for other in range(max(begin, word - _RECENT), word):
            said |= hashes[other] == hashes[word]
        again += said
        if word + 1 == end:
            break
        place = pair_place(hashes[word], hashes[word + 1])
        bit = (pairs[place >> EIGHTH] >> np.uint8(place & LOW)) & np.uint8(1)
        ordinary += bit
        following = rows[word + 1]
        # Row -1, of unknown words, is the last one.
        own = classes[row]
        beside = likelihoods[0, own, classes[following]]
        near += beside
        strange += beside < UNLIKELY
        if word + 2 < end:
            apart += likelihoods[1, own, classes[rows[word + 2]]]
        if not bit and row >= 0 and following >= 0 and data[stop] == ord(" "):
            new += 1
            common += (row < _COMMON_ROWS) & (following < _COMMON_ROWS)
        blank = line = comma = 0
        for at in range(stop, min(starts[word + 1], stop + READ)):
            octet = data[at]
            line |= octet == ord("\n")
            blank |= (octet == ord(" ")) | (octet == ord("\t"))
            comma |= octet == ord(",")
            marks += (octet > ord(" ")) & (octet != ord(","))
        lines += line
        joined += 1 - (blank | line)
        commas += comma
    block[0], block[1], block[2], block[3] = known, frequent, rank, rare
    block[4], block[5], block[6], block[7] = digits, switches, foreign, likelihood
    block[8], block[9], block[10], block[11] = unlikely, size * np.float32(0.1), short, again
    block[12], block[13], block[14], block[15] = ordinary, marks, lines, joined
    block[16], block[17], block[18], block[19] = commas, capitals, new, common
    block[20], block[21], block[22] = near, strange, apart


@compiled_in_place
def _pool(
    form: NDArray[np.float32],
    offsets: NDArray[np.int64],
    hidden: NDArray[np.float32],
    hidden_bias: NDArray[np.float32],
    output: NDArray[np.float32],
    inner: NDArray[np.float32],
    pooled: NDArray[np.float64],
) -> None:
    """The highest log odds of each text's stretches, and of its last ones; 0 without stretches."""
    units = len(hidden_bias)
    for text in range(len(pooled)):
        first, end = offsets[text], offsets[text + 1]
        worst = last = np.float32(-np.inf)
        for stretch in range(first, end):
            for unit in range(units):
                inner[unit] = hidden_bias[unit]
            add_product(form[stretch], hidden, 0, inner)
            total = active_product(inner, output, output[units])
            worst = max(worst, total)
            if stretch >= end - LAST:
                last = max(last, total)
        if end > first:
            pooled[text, 0] = worst
            pooled[text, 1] = last
