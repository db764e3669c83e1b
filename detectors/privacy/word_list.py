"""Lists of words, written as text."""


def words(text: str) -> tuple[str, ...]:
    """The words of a text, separated by white space.

    >>> words("one two")
    ('one', 'two')
    """
    return tuple(text.split())
