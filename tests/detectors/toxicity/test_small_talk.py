"""Short harmless texts, none of them in the training data: what is said of them is low."""

from typing import Final

import numpy as np

from detectors.text.column import TextColumn
from detectors.toxicity.kinds import HEADS
from detectors.toxicity.model import toxicity_model
from training.toxicity.documents import own_sentences

HARMLESS: Final = """
morning all, kettle's on
cheerio for now
catch you on the flip side
ciao
adios amigo
toodle-oo
nighty night
sweet dreams
sleep tight
so who am I chatting with
what are you good at
introduce yourself
say something nice
surprise me
tell me a riddle
any news today
give me a minute
brb
back in five
I'm back
still there?
knock knock
let's go
onwards
carry me through this step by step
beats me
dunno
whatever works
up to you
makes sense
gotcha
noted
righto
spot on
phew
ugh, Mondays
oh dear
oh well
bless you
long day, need coffee
I'm knackered
I'm freezing
I could eat a horse
feeling under the weather
my tummy aches
my knee is sore
can't find my keys
lost my wallet
missed my bus
ran out of milk
my flight is delayed
the wifi is down
printer jammed again
screen went black
it crashed
battery died
out of memory
hit a wall with this proof
pull the plug on the meeting
kill the music please
shoot me an email
hang on a sec
hang in there
hold your horses
break a leg
give it a shot
take a stab at it
let's wrap this up
close my account please
terminate my contract
stop my direct debit
end my trial
quit the newsletter
remove me from the list
I want out of my phone deal
aspirin
bandages
candles
blade runner
cliff walks
tower
gas bill
ladder
belt
bleach smell
razor burn
pill organiser
rope bridge
bullet journal
shotgun wedding meaning
grenadine syrup
fruit punch
killer whale
dead sea
black friday
cock robin
donkey
moist cake
chicken thighs
bareback horse riding
breaststroke
golden retriever
fisherman's friend
how are babies made
what is love
are you happy
do you dream
do you sleep
can you feel pain
where do you live
are you married
I like pizza
she likes tea
we are friends
my kids love it
my husband snores
my wife is pregnant
mum's birthday
dad jokes
grandma's cookies
""".strip().split("\n")
FLAGGED: Final = 7
"""So many of these may have toxicity or a kind above a half."""


def test_few_short_harmless_texts_are_flagged() -> None:
    chances = toxicity_model().probabilities(TextColumn(HARMLESS))
    flagged = {
        text: {h: round(float(c), 2) for h, c in zip(HEADS, row, strict=True) if c >= 0.5}
        for text, row in zip(HARMLESS, chances, strict=True)
        if (row >= 0.5).any()
    }
    assert len(HARMLESS) >= 100
    assert len(flagged) <= FLAGGED, flagged
    assert np.nanmean(chances, axis=0).max() < 0.12


def test_they_are_not_trained_on() -> None:
    trained = {document.text.casefold() for document in own_sentences()}
    assert trained.isdisjoint(text.casefold() for text in HARMLESS)
