"""Kafka's security settings as Faust takes them."""

import ssl
from typing import Any

import faust

from streams.settings import KafkaSettings


def faust_credentials(settings: KafkaSettings) -> Any:
    """Faust's ``broker_credentials``, or ``None`` in plain text."""
    context = _ssl_context(settings) if settings.security_protocol.endswith("SSL") else None
    if settings.security_protocol.startswith("SASL"):
        return faust.SASLCredentials(
            username=settings.sasl_username,
            password=settings.sasl_password.get_secret_value(),
            mechanism=settings.sasl_mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context else None


def _ssl_context(settings: KafkaSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.ssl_ca_location or None)
