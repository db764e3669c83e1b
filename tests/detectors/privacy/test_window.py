import sys
import unicodedata

from detectors.privacy.window import Window


def test_every_digit_sign_and_space_is_plain_and_nothing_else_changes() -> None:
    characters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    text = "".join(characters)
    changed = {
        one: other
        for one, other in zip(characters, Window(text, 0, 0, 0).text, strict=True)
        if one != other
    }
    digits = {c for c in characters if not c.isascii() and c.isdecimal()}
    assert all(changed.pop(c) == str(unicodedata.decimal(c)) for c in digits)
    assert set(changed.values()) == {" ", "-", "'"}
    assert len(changed) == 21
