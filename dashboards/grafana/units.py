"""Units: UCUM, as signals have them, to the names Grafana gives its formats."""

_UNITS = {
    "1": "short",
    "%": "percentunit",
    "s": "s",
    "By": "bytes",
    "USD": "currencyUSD",
    "USD/h": "currencyUSD",
    "{event}/s": "cps",
}


def grafana_unit(unit: str) -> str:
    """Grafana's format for a unit; plain numbers for what it has none for.

    >>> grafana_unit("s"), grafana_unit("{token}")
    ('s', 'short')
    """
    return _UNITS.get(unit, "short")
