from typing import get_args

import pytest

from schemas.monitors.resolved import Receiver
from streams.receivers.discovery import create_receiver, receiver_modules
from streams.receivers.protocol import ReceiverContext, ReceiverError


def test_every_declared_type_has_a_module() -> None:
    assert set(get_args(Receiver.__annotations__["type"])) == set(receiver_modules())


def test_an_unknown_type_names_those_there_are() -> None:
    config = Receiver(name="x", type="pigeon")  # type: ignore[arg-type]
    with pytest.raises(ReceiverError, match="'pigeon' is not known; there are alertmanager"):
        create_receiver(config, ReceiverContext(clock=lambda: None))
