"""English words with a part to play when an answer is held against its source."""

from typing import Final


def _words(text: str) -> list[str]:
    return text.split()


STOP: Final = _words(
    """
a an the this that these those and or but nor so yet if then than as because since while although
though of in on at by to from for with about into onto over under after before between among
within through during against toward towards upon per via until unless is are was were be been
being am do does did done doing have has had having will would shall should can could may might
must i me my mine myself we us our ours you your yours he him his she her hers it its they them
their theirs who whom whose which what when where why how there here not no also too very just
even such same other another any some each every both either neither own up down out off again
further once s t d ll m re ve n't don't doesn't didn't isn't aren't wasn't weren't won't wouldn't
can't cannot couldn't shouldn't haven't hasn't hadn't i'm i've i'd i'll you're it's that's he's
she's they're we're there's what's let's yes yeah oh well ok okay hi hello thanks please really
actually one pm p you'll you've you'd we'll we've we'd they'll they've they'd he'll she'll it'll
i'd here's who's where's how's that'll there'll let us
"""
)

FRAME: Final = _words(
    """
according answer answers question questions summary summarize summarise summarized summarised
summarizing summarising overview brief briefly short quick quickly simply simple basically
essentially overall conclusion recap
document documents text passage passages context source sources article excerpt manual leaflet
provided given shared mentioned mention mentions stated states state describes described says
listed lists based regarding terms information details detail
following below above key main points point highlights takeaways step steps tip tips option
options example examples instance note notes section item items feature value category topic
additionally furthermore moreover therefore thus hence finally lastly firstly secondly thirdly
importantly remember specifically namely sure great happy glad sorry welcome certainly absolutely
"""
)
"""Words that speak of an answer, its parts and its source, not of what the source is about."""

ABOUT: Final = _words(
    """
about around roughly approximately approx nearly almost over under than circa some exceeding
"""
)
"""Words that make the number behind them a rough one."""

NEGATION: Final = _words(
    """
not no never none nobody nothing neither nor nowhere without n't don't doesn't didn't isn't aren't
wasn't weren't won't wouldn't can't cannot couldn't shouldn't haven't hasn't hadn't mustn't
needn't ain't unable lack lacks lacking fail fails failed hardly barely rarely seldom dont doesnt
didnt isnt wasnt cant wont
"""
)

CONTRAST: Final = _words(
    """
but however instead although though despite unless except rather nevertheless yet only solely merely
just exclusively without fail fails failed failing refuse refuses refused refusing reject rejects
rejected rejecting deny denies denied decline declined declines lack lacks lacked lacking avoid
avoids avoided cancel cancels cancelled canceled prevent prevents prevented ignore ignores ignored
oppose opposes opposed dislike dislikes disliked unfortunately sadly ultimately eventually
regardless contrary unlike never none neither nor nobody nothing impossible unable
unwilling unlikely difficult
worse worst bad poor negative problem problems unclear uncertain wrong incorrect false incorrectly
mistakenly against stop stopped stops quit quits abandon abandoned forbid forbidden prohibit
prohibited banned
"""
)
"""Words that restrict, object or judge badly: new in an answer, they seldom just reword."""

PARTICLE: Final = _words("no yes yeah yep yup nope oh ok okay well indeed correct absolutely")
"""Words that, with a comma behind them, begin an answer and say nothing of what follows."""

FIRST_PERSON: Final = _words(
    """
i me my mine myself we our ours i'm i've i'd i'll we're we've im ive
"""
)

CALENDAR: Final = _words(
    """
january february march april may june july august september october november december monday
tuesday wednesday thursday friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov dec
"""
)

_SMALL: Final = _words("""
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty
""")
_TENS: Final = _words("thirty forty fifty sixty seventy eighty ninety")

NUMBERS: Final[dict[str, int]] = {
    **{word: value for value, word in enumerate(_SMALL)},
    **{word: 10 * value for value, word in enumerate(_TENS, 3)},
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}

SAME: Final[dict[str, str]] = {
    **{"usd": "dollar", "gbp": "pound", "eur": "euro", "rupees": "rs", "percentage": "percent"},
    **{"jan": "january", "feb": "february", "mar": "march", "apr": "april", "jun": "june"},
    **{"jul": "july", "aug": "august", "sep": "september", "sept": "september", "oct": "october"},
    **{"nov": "november", "dec": "december"},
    **{"km": "kilometer", "kilometre": "kilometer", "litre": "liter", "metre": "meter"},
    **{"kilometres": "kilometer", "litres": "liter", "metres": "meter"},
    **{"hrs": "hour", "mins": "minute", "ft": "foot", "sq": "square", "squared": "square"},
    **{"lb": "pound", "lbs": "pound", "oz": "ounce", "ha": "hectare"},
}
"""Short forms and other spellings, and the base form they share."""

OPPOSITES: Final = _words(
    """
before/after above/below more/less all/none all/some all/few always/never with/without first/last
up/down in/out over/under on/off many/few most/least most/few include/exclude including/excluding
increase/decrease increase/reduce rise/fall gain/lose win/lose start/end start/stop begin/end
begin/finish early/late earlier/later allow/prohibit allow/forbid allow/prevent accept/reject
accept/refuse agree/disagree support/oppose support/reject buy/sell join/leave arrive/depart
enter/exit open/close high/low higher/lower large/small largest/smallest big/small long/short
longer/shorter old/new old/young oldest/youngest strong/weak true/false male/female man/woman
men/women boy/girl father/mother son/daughter brother/sister husband/wife king/queen he/she
his/her him/her north/south east/west northern/southern eastern/western left/right top/bottom
minimum/maximum major/minor majority/minority public/private positive/negative success/failure
succeed/fail likely/unlikely possible/impossible able/unable legal/illegal directly/indirectly
internal/external import/export parent/child teacher/student employer/employee buyer/seller
lender/borrower same/different best/worst better/worse rich/poor good/bad hot/cold fast/slow
easy/difficult simple/complex mandatory/optional required/optional must/may alive/dead born/died
love/hate improve/worsen expand/shrink expand/contract approve/reject confirm/deny guilty/innocent
present/absent before/during after/during daily/weekly weekly/monthly monthly/annually free/paid
cheap/expensive encourage/discourage often/rarely frequently/rarely only/also every/some
both/neither morning/evening summer/winter spring/autumn ancient/modern domestic/foreign
national/international
"""
)
