"""Where in its text a sentence is, in characters."""

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.text.column import TextColumn


def character_spans(column: TextColumn, sentences: NDArray[np.int64]) -> NDArray[np.float64]:
    """First character and the one after the last of one sentence a text; NaN where it is -1.

    Parameters
    ----------
    column
        The texts.
    sentences
        int64, a place among the column's sentences for each text.

    Returns
    -------
    numpy.ndarray
        float64, a row a text, two columns.
    """
    spans = np.full((len(sentences), 2), np.nan)
    buffer, bounds = column.buffer, column.sentences
    _spans(buffer.data, buffer.starts, bounds.starts, bounds.ends, sentences, spans)
    return spans


@compiled_in_place
def _spans(
    data: NDArray[np.uint8],
    text_starts: NDArray[np.int64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    sentences: NDArray[np.int64],
    spans: NDArray[np.float64],
) -> None:
    for text in range(len(sentences)):
        sentence = sentences[text]
        if sentence < 0:
            continue
        characters = 0
        for at in range(text_starts[text], ends[sentence]):
            if at == starts[sentence]:
                spans[text, 0] = characters
            characters += (data[at] & 0xC0) != 0x80
        spans[text, 1] = characters
