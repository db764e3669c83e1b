"""What can go wrong with Grafana, told with the remedy."""

from collections.abc import Iterator
from contextlib import contextmanager

import niquests
from grafana_client.client import (
    GrafanaException,
    GrafanaServerError,
    GrafanaTimeoutError,
)


class GrafanaUnavailableError(OSError):
    """Nobody answers, or not now: the same may work later."""


class GrafanaRefusedError(RuntimeError):
    """Grafana refuses for good; the message says what and what to do."""


_REMEDIES = {
    401: "the token is wrong, expired or of another organisation: make a new one for a service "
    "account",
    403: "the token has too few rights: give its service account the role Editor; Admin where the "
    "data source has to be made",
    412: "somebody else saved it meanwhile: run the same again",
}


@contextmanager
def grafana_errors(doing: str, url: str) -> Iterator[None]:
    """Turn the client's errors into ours.

    ``doing`` and ``url`` go into the message: what was tried, and where.
    """
    try:
        yield
    except (GrafanaTimeoutError, GrafanaServerError) as error:
        raise GrafanaUnavailableError(
            f"Grafana at {url} fails while {doing} ({error}): try again later"
        ) from error
    except GrafanaException as error:
        remedy = _REMEDIES.get(error.status_code, "this will not pass by itself")
        told = error.response.get("message", "") if isinstance(error.response, dict) else ""
        raise GrafanaRefusedError(
            f"Grafana at {url} refused {doing}: {remedy}"
            f" ({error.status_code}{': ' if told else ''}{told})"
        ) from error
    except niquests.exceptions.JSONDecodeError as error:
        raise GrafanaRefusedError(
            f"{url} answers, but is no Grafana: give the address of Grafana itself"
        ) from error
    except niquests.exceptions.RequestException as error:
        raise GrafanaUnavailableError(
            f"Grafana at {url} does not answer while {doing}: is it running there?"
        ) from error
