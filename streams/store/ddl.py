"""Running statements that define tables, beside others who do the same."""

import time

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

_TRIES = 8
_LOST_RACE = {
    57,  # the table exists already
    60,  # the table is being replaced
    218,  # the table was dropped by another replacement
    342,  # the metadata changed meanwhile
    517,  # another ALTER came first
}
"""ClickHouse's error codes of two processes that change the same table at once."""


def run_ddl(client: Client, statement: str) -> None:
    """Run a statement that may run twice without harm; again when another process came between.

    Processes start together, and all of them bring the tables to what they need.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            client.command(statement)
        except DatabaseError as error:
            if error.code not in _LOST_RACE or attempt == _TRIES:
                raise
            time.sleep(0.05 * attempt)
        else:
            return
