"""Words that make a person's name of their neighbours, or something else than a person."""

from typing import Final

from detectors.privacy.cue_words import STREET_TYPES, STREET_WORDS
from detectors.privacy.frequent_names import AMBIGUOUS, CLEAR
from detectors.privacy.word_list import words as word_list

SAINTS: Final = frozenset(word_list("san santa santo são sao saint sankt st ste sveti"))
"""Before a name, places begin so."""
_NAMES_TOO: Final = word_list("court close grove way rise walk row loop trace drive lane place")
STREETS: Final = frozenset(
    word for word in (*STREET_WORDS, *STREET_TYPES) if len(word) > 2 and word not in _NAMES_TOO
)
"""Behind a name, it is a street's."""
PLACES: Final = frozenset(
    word_list(
        """
university college school hospital clinic institute airport hotel museum church cathedral park
stadium theatre theater library foundation memorial bridge station prize award
"""
    )
)
"""Behind a whole name, it is what was named after somebody."""
NO_FAMILY: Final = (
    frozenset(
        word_list(
            """
investments partners consulting solutions holdings capital brothers motors electric energy media
systems technologies technology industries international insurance global services software labs
university college school hospital institute bank airport hotel restaurant museum church park river
lake mountain mount beach island city town county state country station stadium theatre theater
library center centre foundation company corporation inc ltd llc gmbh corp group association award
prize day festival act law theorem theory effect method algorithm test scale principle equation
number series distribution process model space function transform language compiler framework
january february march april may june july august september october november december monday tuesday
wednesday thursday friday saturday sunday english french german spanish italian portuguese the and
but or if is was are were will can has have had he she it they we you i in on at of for to team
support sir madam customer user there all everyone folks guys friends manager hiring committee plc sons
research office novel extensions republic
professor doctor president king queen prince saint st pro plus max mini air app api sdk cloud
"""
        )
    )
    | STREETS
    | PLACES
)
FREQUENT: Final = AMBIGUOUS | CLEAR
"""Names that the long lists did not bring."""
NOBODY: Final = frozenset(
    word_list(
        """
mr mrs ms dr prof sir madam customer user team there all everyone folks guys friends manager hiring committee support
world again mom dad mum god santa reader readers professor doctor colleague colleagues friend john
doe i we you it the this that what how please thanks thank yes no not a an my your our his her their
"""
    )
) - {"john", "doe"}
SELDOM_PERSONS: Final = frozenset(
    word_list(
        """
paris london berlin vienna florence sydney georgia israel virginia carolina houston austin dallas brooklyn
cairo chelsea dakota denver india montana orlando phoenix savannah monday sunday april june may august
autumn summer winter north south east west kent lincoln jordan madison santiago san santa eden zion china
java perl pascal haskell ada newton kelvin tesla mercedes porsche ford danish roman english french german
spanish irish king queen prince princess pope god jesus christ allah buddha mickey elif
"""
    )
)
"""Names that a cue makes a person's, and a mere sentence does not."""
THINGS: Final = frozenset(
    word_list(
        """
theorem theory effect method algorithm test scale principle equation number numbers series distribution
process model space function transform language compiler framework law laws act polynomial conjecture lemma
structure diagram county state code category matrix constant inequality paradox syndrome disease algebra
field ring curve integral operator criterion formula hypothesis sequence triangle machine gate gates gap
"""
    )
)
"""Behind a name, it is what bears somebody's name."""
