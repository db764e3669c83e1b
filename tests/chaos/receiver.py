"""Where alerts are delivered to: a webhook that can be away, and what it was told."""

from contextlib import ExitStack
from typing import Any

import msgspec

from tests.streams.conftest import HttpReceiver


class Receiver:
    """An HTTP server for the alerts of one run."""

    def __init__(self) -> None:
        self._server = HttpReceiver()
        self._up = ExitStack()

    @property
    def document(self) -> str:
        """The monitor document that names it."""
        return (
            "---\napiVersion: tidewatch/v1\nkind: Receiver\nmetadata: {name: screen}\n"
            f'spec: {{type: webhook, url: "{self._server.url}"}}\n'
        )

    def open(self) -> None:
        """Listen."""
        self._up.enter_context(self._server.up())

    def close(self) -> None:
        """Listen no more."""
        self._up.close()

    def told(self) -> list[dict[str, Any]]:
        """The alerts it was told, in order, those about Tidewatch itself left out."""
        alerts = [msgspec.json.decode(r.body)["data"] for r in self._server.requests]
        return [alert for alert in alerts if alert["kind"] != "self"]

    def check(self, last_states: dict[str, str]) -> list[str]:
        """What is wrong, given the last state of each episode of alerts that was not pending.

        An alert that came and went while nobody listened need not be told.
        """
        told: dict[str, str] = {}
        for alert in self.told():
            told[f"{alert['fingerprint']} {alert['started_at']}"] = alert["state"]
        if last_states and not told:
            return ["the receiver was told nothing"]
        return [
            f"the receiver's last word of {episode} is {state}, not {last_states.get(episode)}"
            for episode, state in told.items()
            if state != last_states.get(episode)
        ]
