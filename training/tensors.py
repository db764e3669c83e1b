"""Tensors in a file whose bytes follow from what is in it."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save


def write_tensors(
    path: Path, tensors: Mapping[str, NDArray[np.generic]], metadata: Mapping[str, str]
) -> None:
    """Write a safetensors file, the same for the same tensors.

    The library writes metadata in an order that changes from call to call; here the header's names
    are sorted. Tensors' places in the file are relative to the header's end.
    """
    raw = save(dict(tensors), dict(metadata))
    end = 8 + int.from_bytes(raw[:8], "little")
    header = json.dumps(
        json.loads(raw[8:end]), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    path.write_bytes(raw[:8] + header.encode().ljust(end - 8) + raw[end:])
