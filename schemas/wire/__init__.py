"""Wire formats of inference events: one file each, chosen by the ``content-type`` header.

A format is a module with ``CONTENT_TYPE`` and ``decode_event(data: bytes) -> InferenceEvent`` that
raises :class:`WireError`. Messages without the header are read as ``application/json``.
"""

import importlib
import pkgutil
from collections.abc import Callable

from schemas.events import InferenceEvent

EventDecoder = Callable[[bytes], InferenceEvent]


def decoders() -> dict[str, EventDecoder]:
    """All wire formats: content type to decoder."""
    found: dict[str, EventDecoder] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        if hasattr(module, "CONTENT_TYPE"):
            found[module.CONTENT_TYPE] = module.decode_event
    return found
