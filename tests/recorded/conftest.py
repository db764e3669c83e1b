"""Databases of one's own, as the tests of streams have them."""

from tests.streams.conftest import empty_database

__all__ = ["empty_database"]
