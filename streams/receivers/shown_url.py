"""Addresses of receivers for logs and audits, without their secrets."""

from urllib.parse import urlsplit


def shown_url(url: str) -> str:
    """What of an address may be shown: scheme and host.

    >>> shown_url("https://user:secret@hooks.example:8443/T0/B1?key=2")
    'https://hooks.example:8443'
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(unreadable)"
    return f"{parts.scheme}://{parts.hostname or ''}{port}"
