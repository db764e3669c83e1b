"""What is said of persons, in many words: more than whole sentences could hold."""

from typing import Final

from detectors.privacy.word_list import words

PHRASES: Final = (
    "{N} {V} it yesterday.", "{N} {V} me.", "{N} {V} about the {T}.", "{N} never {V}.", "{N} and {N} {V} again.",
    "Yesterday {N} {V} the {T}.", "I think {N} {V} it.", "When {N} {V}, I left.", "and {N} {V}", "but {N} {V} too",
    "Then {N} {V} at {N}.", "\"No,\" {V} {N}.", "{V} {N} to {N}", "{F} {V} that it is so.", "{G} {V} us.", "{G} {V} in {P}.",
    "{N} {Z} every day.", "{N} {Z} the {T}.", "{N} always {Z} late.", "If {N} {Z} it, fine.", "so {N} {Z} now", "{F} {Z} it",
    "Please {O} {N}.", "Can you {O} {N} about the {T}?", "I will {O} {N} tomorrow.", "We should {O} {N}.", "I want to {O} {N}",
    "You can {O} {N} or {N}.", "Did you {O} {N}?", "{O} {N} for me", "don't {O} {N}", "they {O} {N} and {N}", "to {O} {G}",
    "My {R} {N} is here.", "my {R} {N}", "his {R}, {N}, is {J}", "her {R} {N} and mine", "the {R} of {N}", "{N} is my {R}.", "your {R} {N}",
    "our {R} {G} is {J}", "a {R} called {N}", "a {R} named {N}", "{N}, my {R}, is {J}.", "my {R}'s name is {N}", "{N} has a {R}.",
    "{N} is {J}.", "{N} was {J}.", "{N} seems {J} today.", "Is {N} {J}?", "Why is {N} {J}?", "{N} is so {J}", "How {J} is {N}?", "{N} looks {J}.",
    "{N}'s {T} is {J}.", "Where is {N}'s {T}?", "the {T} of {N}", "a {T} for {N}", "a {T} from {N}", "{N} lost a {T}.", "{F}'s {T}", "{G}'s {T}",
    "the {T} belongs to {N}", "It was {N}'s {T}.", "a {T} by {G}", "{N}'s {R} {V} me", "send the {T} to {N}", "{T} with {N}", "the {T} that {N} {V}",
    "the {U}, {N}, {V} it.", "{U} {G} {V} us.", "{U} {F} {Z} so.", "{N} is a {U}.", "{N} works as a {U}.", "a {U} named {N}", "{G} is the {U} of {B}.",
    "{N}, the {U}, is {J}.", "{G}, a {U} from {P}, {V} it.", "the {U} {G}", "{U}: {G}", "{G} ({U})", "{G}, {U}", "{G} - {U}", "{N} ({J})",
    "Will {N} be {J}?", "Was {N} {J}?", "Could {N} {O} me?", "What does {N} {O}?", "Who does {N} {O}?", "Let {N} {O} him.", "with {N} being {J}",
    "thanks to {N}", "next to {N}", "except {N}", "without {N}", "instead of {N}", "besides {N}", "both {N} and {N}", "neither {N} nor {N}", "either {N} or {N}",
)  # fmt: skip
THINGS: Final = (
    "The {B} {T} is {J}.", "The {T} is {J}.", "{B} {V} the {T}.", "{B} {Z} it.", "{B} is {J}.", "{P} is {J}.", "{P} was {J}.", "{W} is {J}.", "{W} {V}.",
    "Please {O} {B}.", "{O} the {W}", "the {T} of {P}", "{P}'s {T}", "{B}'s {T}", "the {W} {T}", "a {W} {T}", "a {T} from {P}", "a {T} by {B}", "my {R} in {P}",
    "my {B} {T}", "his {R} works at {B}", "{W} {T}", "{T} in {P}", "{T} {W}", "{U} at {B}", "{U} in {P}", "the {U} of {P}", "{B} {U}", "How {J} is {P}?", "Is {B} {J}?",
    "Dear {U},", "Hello {U},", "Hi {U}!", "Thanks, {U}", "{W}: {J}", "{W} - {T}", "**{W}** {T}", "{W} {V} in {P}", "either {B} or {B}", "both {P} and {P}", "without {B}",
    "{W} and {W} {V}", "{W}'s {T}", "{W} {Z} it", "Will {W} be {J}?", "What does {B} {O}?", "What does {W} {O}?", "Use the {W} to {O} it.", "If {W} {Z} it,",
)  # fmt: skip
FILLERS: Final = {
    "V": words(
        """
said told asked replied answered called wrote emailed texted phoned shouted whispered laughed smiled cried explained
added agreed refused promised wanted needed liked loved hated knew thought believed hoped forgot remembered noticed
saw heard felt found lost bought sold paid sent brought took gave got made cooked ate drank slept woke ran walked
drove flew travelled moved left arrived came went returned stayed lived worked studied taught learned married divorced
died grew helped met visited invited thanked blamed accused hurt hit kissed hugged missed followed joined quit resigned
signed confirmed cancelled ordered complained apologised suggested recommended decided tried started finished won fell
broke fixed opened closed showed pointed looked turned waited played sang danced painted read
"""
    ),
    "Z": words(
        """
says wants needs likes loves hates knows thinks believes hopes works lives plays goes comes eats drinks sleeps drives
walks runs reads writes calls asks tells sends pays owes buys sells gets gives takes makes has does keeps uses owns
studies teaches feels seems looks sounds smokes cooks travels leaves arrives starts stays helps visits complains
suffers reports denies presents attends suggests agrees refuses speaks talks sings dances earns wins loses
"""
    ),
    "O": words(
        """
call ask tell remind email text phone contact meet visit invite thank help see find follow add remove message pay
trust believe know love hate miss marry hire fire promote introduce congratulate wake pick drive join inform notify
warn convince thank blame forgive watch hear reach book charge refund
"""
    ),
    "R": words(
        """
wife husband son daughter brother sister mother father mom dad mum uncle aunt cousin nephew niece grandmother
grandfather grandson granddaughter friend boyfriend girlfriend partner fiancé fiancée ex neighbour neighbor colleague
coworker boss manager assistant secretary doctor dentist therapist nurse teacher tutor student landlord tenant lawyer
accountant coach roommate flatmate client customer patient supervisor intern mentor stepson stepmother kid child baby
"""
    ),
    "J": words(
        """
ill sick tired happy sad angry late early busy free nice kind reliable honest lazy smart clever rude funny married
single pregnant old young tall short here there away home back ready sure right wrong great good bad new dead alive
allergic diabetic upset worried afraid alone unhappy impulsive quiet shy friendly helpful available responsible
"""
    ),
    "T": words(
        """
phone car house flat dog cat bag coat key laptop book letter email address number birthday wedding party account order
invoice refund contract salary report meeting appointment name age job office desk room bed school class team idea plan
question answer problem story song film novel version concert speech opinion advice death funeral illness operation file
"""
    ),
    "U": words(
        """
doctor nurse teacher lawyer engineer designer developer manager director producer singer actor actress writer author
poet painter composer drummer guitarist footballer coach journalist editor professor scientist politician senator mayor
minister judge officer soldier driver pilot farmer chef baker plumber carpenter electrician accountant analyst
consultant founder chairman president secretary spokesman commenter blogger photographer
"""
    ),
}
"""By slot: what is done, by one, to one; what one has, is like, and is."""
