"""Countries as addresses end with them: in English, and by the names of some in their languages."""

from typing import Final

from detectors.privacy.word_list import words

_ONE_WORD: Final = words(
    """
afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahamas
bahrain bangladesh barbados belarus belgium belize benin bermuda bhutan bolivia botswana brazil
bulgaria burundi cambodia cameroon canada chad chile china colombia comoros congo croatia cuba cyprus
czechia denmark djibouti dominica ecuador egypt eritrea estonia eswatini ethiopia fiji finland france
gabon gambia georgia germany ghana gibraltar greece greenland grenada guadeloupe guam guatemala
guernsey guinea guyana haiti honduras hungary iceland india indonesia iran iraq ireland israel italy
jamaica japan jersey jordan kazakhstan kenya kiribati korea kuwait kyrgyzstan laos latvia lebanon
lesotho liberia libya liechtenstein lithuania luxembourg macao macau macedonia madagascar malawi
malaysia maldives mali malta martinique mauritania mauritius mayotte mexico micronesia moldova monaco
mongolia montenegro morocco mozambique myanmar namibia nauru nepal netherlands nicaragua niger
nigeria norway oman pakistan palau palestine panama paraguay peru philippines poland portugal qatar
romania russia rwanda samoa senegal serbia seychelles singapore slovakia slovenia somalia spain sudan
suriname swaziland sweden switzerland syria taiwan tajikistan tanzania thailand togo tonga tunisia
turkey türkiye turkmenistan tuvalu uganda ukraine uruguay uzbekistan vanuatu venezuela vietnam yemen
zambia zimbabwe england scotland wales usa uk
deutschland österreich schweiz suisse svizzera frankreich italien spanien polen niederlande nederland
belgien belgië belgique dänemark danmark sverige schweden norge norwegen suomi finnland italia españa
brasil méxico perú panamá francia alemania allemagne espagne italie polska česko slovensko
magyarország românia hrvatska slovenija srbija ísland
"""
)
_MORE_WORDS: Final = (
    "antigua and barbuda", "bosnia and herzegovina", "burkina faso", "cape verde", "cayman islands",
    "central african republic", "cook islands", "costa rica", "czech republic",
    "democratic republic of the congo", "dominican republic", "el salvador", "equatorial guinea",
    "falkland islands", "faroe islands", "french guiana", "french polynesia", "hong kong",
    "isle of man", "ivory coast", "marshall islands", "new caledonia", "new zealand", "north korea",
    "papua new guinea", "people's republic of china", "puerto rico", "republic of korea",
    "russian federation", "saint lucia", "san marino", "saudi arabia", "sierra leone",
    "solomon islands", "south africa", "south korea", "south sudan", "sri lanka",
    "trinidad and tobago", "united arab emirates", "united kingdom", "united states",
    "united states of america", "virgin islands", "western sahara",
)  # fmt: skip
COUNTRIES: Final = (*_MORE_WORDS[::-1], *sorted(_ONE_WORD, reverse=True))
"""Names, lower-case; none comes behind one that it begins with."""
LAST_WORDS: Final = frozenset(name.split()[-1] for name in COUNTRIES) - {"of"}
"""What an address may end with."""
