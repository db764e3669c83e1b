"""Finds receivers: every module of this package that has a ``create`` function is one.

The module's name is the ``type`` of the receivers that it makes, and
``create(config: Receiver, context: ReceiverContext) -> AlertReceiver`` makes them.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import cast

import streams.receivers
from schemas.monitors.resolved import Receiver
from streams.receivers.protocol import AlertReceiver, ReceiverContext, ReceiverError


@cache
def receiver_modules() -> dict[str, ModuleType]:
    """The modules of receivers by type.

    >>> sorted(receiver_modules())
    ['alertmanager', 'apprise', 'console', 'pagerduty', 'slack', 'webhook']
    """
    modules = (
        import_module(f"{streams.receivers.__name__}.{info.name}")
        for info in iter_modules(streams.receivers.__path__)
    )
    return {
        module.__name__.rpartition(".")[2]: module
        for module in modules
        if hasattr(module, "create")
    }


def create_receiver(config: Receiver, context: ReceiverContext) -> AlertReceiver:
    """The receiver that ``config`` describes.

    Raises :class:`ReceiverError` when there is no such type, or its URL or secret is unusable.
    """
    module = receiver_modules().get(config.type)
    if module is None:
        raise ReceiverError(
            f"receiver {config.name!r}: type {config.type!r} is not known; "
            f"there are {', '.join(sorted(receiver_modules()))}"
        )
    return cast(AlertReceiver, module.create(config, context))
