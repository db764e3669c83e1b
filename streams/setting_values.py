"""Values of settings: what each kind may be, and where secrets come from."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from schemas.clickhouse.migrations import MOST_DAYS
from streams.outbound import Networks

_FILE = "file:"


class Section(BaseModel):
    """A table of the settings: no names but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Port = Annotated[int, Field(ge=0, le=65535)]
PositiveInt = Annotated[int, Field(gt=0)]
Days = Annotated[int, Field(gt=0, le=MOST_DAYS)]
PositiveSeconds = Annotated[float, Field(gt=0)]
Fraction = Annotated[float, Field(gt=0, le=1)]


def _networks(text: str) -> str:
    Networks.parse(text)
    return text


def _from_file(value: Any) -> Any:
    """What a file holds where the value is ``file:PATH``, without the white space around it."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str) or not text.startswith(_FILE):
        return value
    path = Path(text.removeprefix(_FILE))
    try:
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ValueError(f"the file {path} cannot be read: {reason}") from None
    if not found:
        raise ValueError(f"the file {path} is empty")
    return found


def listed(text: str) -> list[str]:
    """What stands between commas.

    >>> listed("127.0.0.1, ::1,")
    ['127.0.0.1', '::1']
    """
    return [part.strip() for part in text.split(",") if part.strip()]


def _addresses(value: str) -> str:
    for word in listed(value):
        try:
            ip_network(word)
        except ValueError:
            raise ValueError(
                f"{word!r} is no network: write addresses such as 10.0.0.0/8 or 127.0.0.1, by "
                "commas"
            ) from None
    return value


AddressList = Annotated[str, AfterValidator(_addresses)]
"""Addresses and networks by commas, see :func:`ipaddress.ip_network`."""

NetworkList = Annotated[str, AfterValidator(_networks)]
"""Networks as :meth:`streams.outbound.Networks.parse` reads them."""

Secret = Annotated[SecretStr, BeforeValidator(_from_file)]
"""A secret, or ``file:PATH`` for one that a file holds. Never printed."""
