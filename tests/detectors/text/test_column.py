from detectors.text.column import TextColumn

TEXTS = ["What is the time, and where is it?", None, "Wo ist die Katze, und was ist das?", ""]


def test_languages_are_told_text_by_text() -> None:
    column = TextColumn(TEXTS)
    assert column.languages.to_list() == ["en", None, "de", "und"]
    assert column.in_languages(("en", "und")).tolist() == [True, False, False, True]
    assert column.in_languages(("xx",)).tolist() == [False] * 4


def test_letters_in_fancy_dress_are_of_no_other_language() -> None:
    text = "Please tell me where my order is now"
    bold = "".join(chr(0x1D41A + ord(c) - 97) if c.islower() else c for c in text.lower())
    wide = "".join(chr(0xFEE0 + ord(c)) if c.isalpha() else c for c in text)
    assert TextColumn([bold, wide]).languages.to_list() == ["en", "en"]


def test_of_no_texts_none_is_in_a_language() -> None:
    assert TextColumn([]).in_languages(("en",)).tolist() == []
    assert TextColumn([None]).in_languages(("en",)).tolist() == [False]


def test_flags_of_absent_texts_are_null() -> None:
    column = TextColumn(["a", None])
    flags = column.flags_where_known(column.present)
    assert flags.to_list() == [True, None]
    assert column.known.to_list() == [True, False]
