"""What the address of a judge's endpoint may be."""

from urllib.parse import urlsplit

from streams.judge.judge import JudgeError


def check_url(url: str) -> None:
    """Refuse what is no plain http(s) address.

    Raises :class:`JudgeError`; its message holds neither user nor password nor query.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise JudgeError(
            "judge.endpoint_url cannot be read: write http(s)://host[:port]/v1"
        ) from None
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise JudgeError("judge.endpoint_url must be http(s)://host[:port]/path")
    if parts.username is not None or parts.password is not None:
        raise JudgeError("judge.endpoint_url holds a password: put it into judge.endpoint_key")
    if parts.query or parts.fragment:
        raise JudgeError("judge.endpoint_url must end with its path, such as /v1")
