"""A small picture of an alert: what was measured against what was expected, and who contributes.

Drawn from the alert alone, without a font: the words stand in the message beside it, in the same
order. Blue and orange are told apart by everybody.
"""

import struct
import zlib
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from schemas.alerts import Alert

WIDTH, ROW, GAP, MARGIN = 480, 18, 8, 12
MOST_CONTRIBUTIONS = 5
_GROUND, _RAIL = (255, 255, 255), (228, 232, 237)
_MEASURED, _INTERVAL, _EXPECTED = (194, 84, 0), (242, 196, 160), (0, 90, 138)
_CONTRIBUTION = (0, 114, 178)

Pixels = NDArray[np.uint8]


def alert_picture(alert: Alert) -> bytes | None:
    """A PNG of the alert; ``None`` when it measured nothing.

    The first bar is what was measured, its 95 % interval pale, the upright line what was expected.
    Each bar below is the share of one sub-segment, in the order of the contributions.

    Returns
    -------
    bytes
        480 pixels wide, some hundred bytes to two kilobytes long.
    """
    if alert.value is None or not isfinite(alert.value):
        return None
    shares = [part.share for part in alert.contributions[:MOST_CONTRIBUTIONS]]
    height = 2 * MARGIN + ROW + len(shares) * (ROW + GAP)
    pixels: Pixels = np.full((height, WIDTH, 3), _GROUND, dtype=np.uint8)
    numbers = [alert.value, alert.value_low, alert.value_high, alert.expected]
    known = [number for number in numbers if number is not None and isfinite(number)]
    low, high = min(0.0, *known), max(0.0, *known)
    span = (high - low) * 1.05 or 1.0

    def place(number: float) -> int:
        return MARGIN + round((number - low) / span * (WIDTH - 2 * MARGIN))

    top = MARGIN
    _fill(pixels, top, MARGIN, WIDTH - MARGIN, _RAIL)
    begin, end = sorted((place(0.0), place(alert.value)))
    _fill(pixels, top, begin, end, _MEASURED)
    if alert.value_low is not None and alert.value_high is not None:
        begin, end = sorted((place(alert.value_low), place(alert.value_high)))
        pixels[top + 6 : top + ROW - 6, begin : max(end, begin + 1)] = _INTERVAL
    if alert.expected is not None and isfinite(alert.expected):
        middle = place(alert.expected)
        pixels[top - 5 : top + ROW + 5, max(middle - 1, 0) : middle + 2] = _EXPECTED
    for share in shares:
        top += ROW + GAP
        end = MARGIN + round(min(max(share, 0.0), 1.0) * (WIDTH - 2 * MARGIN))
        _fill(pixels, top, MARGIN, WIDTH - MARGIN, _RAIL)
        _fill(pixels, top, MARGIN, end, _CONTRIBUTION)
    return encode_png(pixels)


def encode_png(pixels: Pixels) -> bytes:
    r"""A PNG (ISO/IEC 15948) of 8-bit RGB pixels, shaped (height, width, 3).

    >>> encode_png(np.zeros((1, 1, 3), dtype=np.uint8))[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    height, width, _ = pixels.shape
    # Every row begins with its filter: 0, none.
    rows = np.hstack([np.zeros((height, 1), dtype=np.uint8), pixels.reshape(height, -1)])
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _fill(pixels: Pixels, top: int, begin: int, end: int, colour: tuple[int, int, int]) -> None:
    pixels[top : top + ROW, begin:end] = colour
