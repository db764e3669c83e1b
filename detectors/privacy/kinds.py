"""The kinds of personal data and secrets, the most severe first."""

from enum import IntEnum
from typing import Final


class Kind(IntEnum):
    """What was found. The lower the number, the more harm when it gets out."""

    SECRET = 0
    CARD = 1
    BANK_ACCOUNT = 2
    IBAN = 3
    NATIONAL_ID = 4
    PASSPORT = 5
    DRIVING_LICENCE = 6
    CRYPTO_WALLET = 7
    DATE_OF_BIRTH = 8
    ADDRESS = 9
    PHONE = 10
    EMAIL = 11
    IP = 12
    MAC = 13
    PERSON = 14

    @property
    def placeholder(self) -> str:
        """What stands in a redacted text instead.

        >>> Kind.NATIONAL_ID.placeholder
        '<NATIONAL_ID>'
        """
        return f"<{self.name}>"

    @property
    def label(self) -> str:
        """The kind as a category of a signal.

        >>> Kind.NATIONAL_ID.label
        'national_id'
        """
        return self.name.lower()


KINDS: Final = len(Kind)
