"""Each segment's own second of ten: of many, work on all is done one part after the other."""

from typing import Final
from zlib import crc32

PHASES: Final = 10
"""As many as a block of the finest tier has seconds."""


class Phases(dict[str, int]):
    """The phase (0 to 9) of every segment key, computed when it is first asked for.

    It follows from the key alone: a replay does the same at the same moments.

    >>> Phases()['{"service_name":"shop"}']
    3
    """

    def __missing__(self, key: str) -> int:
        phase = self[key] = crc32(key.encode()) % PHASES
        return phase

    def forget(self, segments: set[str]) -> None:
        """Hold nothing of these segments."""
        for segment in segments:
            self.pop(segment, None)
