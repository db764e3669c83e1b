"""The process ``notify``: delivers alerts, apart from ``watch``, so that it never delays it."""
