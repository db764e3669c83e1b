"""Units: UCUM, as signals have them, to the names Grafana gives its formats."""

from schemas.quantity_words import SHARE

_UNITS = {
    "1": "short",
    SHARE: "percentunit",
    "%": "percent",
    "s": "s",
    "By": "decbytes",
    "USD": "currencyUSD",
    "{USD}": "currencyUSD",
    "USD/h": "currencyUSD",
}


def grafana_unit(unit: str) -> str:
    """Grafana's format for a unit; plain numbers for what it has none for.

    >>> grafana_unit("s"), grafana_unit("{token}"), grafana_unit("{event}/s")
    ('s', 'short', 'count:events/s')
    """
    if unit.startswith("{") and "}/" in unit:
        return f"count:{unit[1:].replace('}', 's')}"
    return _UNITS.get(unit, "short")
