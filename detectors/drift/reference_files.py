"""References read from files, whole."""

import msgspec

from detectors.summaries import decode_summary
from schemas.references import Reference, decode_reference


def read_reference(data: bytes) -> Reference:
    """The reference in a file, every summary of which can be read.

    What cannot be compared is told when monitors are checked, and not by a process at its first
    evaluation. Raises ``ValueError`` that tells what is wrong with the file.
    """
    reference = decode_reference(data)
    for key, blocks in reference.segments.items():
        for block in blocks:
            for name, summary in block.signals.items():
                try:
                    decode_summary(summary)
                except msgspec.DecodeError as error:
                    raise ValueError(f"{name} of {key} at {block.start}: {error}") from None
    return reference
