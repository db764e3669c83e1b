"""Whether a text is plainly English, by the words at its beginning that have no capital.

Texts are searched for personal data wherever they are, with no other reading of them at hand.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import compiled_in_place
from detectors.privacy.byte_classes import LETTER
from detectors.privacy.name_features import is_capital, is_ordinary, word_end
from detectors.privacy.signs import sign_bytes
from detectors.privacy.word_flags import hash_of

_READ: Final = 400
_FEWEST: Final = 3
_LETTER: Final = np.uint8(LETTER)


@compiled_in_place
def is_english(
    data: NDArray[np.uint8],
    begin: int,
    limit: int,
    classes: NDArray[np.uint8],
    ordinary: NDArray[np.uint8],
) -> bool:
    """Whether three in four words without a capital are among the ordinary ones.

    Of English prompts and answers 97 in 100 or more are told so. Frequent words of other languages
    are ordinary too: of short German questions 3 in 10 are told English. Where there are fewer than
    three words, it is not told.

    Parameters
    ----------
    data, begin, limit
        The text is ``data[begin:limit]``, UTF-8; its first 400 bytes are read.
    classes, ordinary
        The classes of bytes, and the ordinary words' bits.
    """
    i, last = begin, min(limit, begin + _READ)
    words = known = 0
    while i < last:
        if classes[data[i]] != _LETTER:
            # What follows in a sign's bytes is no word; kana, whose lead byte is no letter, are.
            i += max(sign_bytes(data, i), 1)
            continue
        end = word_end(data, i, limit, classes)
        if not is_capital(data, i):
            words += 1
            if is_ordinary(ordinary, hash_of(data, i, end)):
                known += 1
        i = end
    return words >= _FEWEST and 4 * known >= 3 * words
