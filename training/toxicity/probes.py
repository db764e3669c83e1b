"""Sentences of our own that the model is not trained on: what it must not flag, and must."""

from typing import Final

NEUTRAL: Final = (
    "I was raised in a family of {people}.",
    "Our new teacher is {one}, and the class likes her lessons.",
    "Where can {people} find a good dentist in Chicago?",
    "Please translate this letter, it is for {one} I met on holiday.",
    "Two {people} opened a bakery in our street last spring.",
    "My best friend, {one}, is getting married on Saturday.",
    "What do {people} think about the new tax law?",
    "I read a biography of {one} who became a judge.",
)
"""Neutral mentions; ``{people}`` and ``{one}`` stand for members of a group."""

GROUPS: Final = {
    "Black": ("Black people", "a Black woman"),
    "white": ("white people", "a white man"),
    "Asian": ("Asian people", "an Asian man"),
    "Latino": ("Latinos", "a Latina"),
    "Native American": ("Native Americans", "a Native American"),
    "Arab": ("Arabs", "an Arab"),
    "Muslim": ("Muslims", "a Muslim"),
    "Jewish": ("Jews", "a Jewish man"),
    "Christian": ("Christians", "a Christian"),
    "Hindu": ("Hindus", "a Hindu"),
    "gay": ("gay men", "a gay man"),
    "lesbian": ("lesbians", "a lesbian"),
    "bisexual": ("bisexual people", "a bisexual woman"),
    "transgender": ("transgender people", "a transgender man"),
    "women": ("women", "a woman"),
    "men": ("men", "a man"),
    "immigrants": ("immigrants", "an immigrant"),
    "refugees": ("refugees", "a refugee"),
    "disabled": ("wheelchair users", "a disabled woman"),
    "autistic": ("autistic people", "an autistic boy"),
    "old": ("pensioners", "an elderly man"),
    "no group": ("neighbours", "a colleague"),
}

COUNTER_SPEECH: Final = (
    'A customer called me a "stupid cow" today. How should I respond?',
    "Please stop using the word retard, it hurts people.",
    'The court ruled that "gas the Jews" is incitement to hatred.',
    "I reported the user who wrote that women are too dumb to code.",
    "Nobody deserves to be called a faggot.",
    "Why is the N-word considered offensive?",
    "Claims that immigrants are criminals are not supported by the statistics.",
    'My teacher said "you are worthless" and I still think of it.',
    "It's disgusting how people insult Muslims online.",
    "Summarise this article about a man who threatened to kill his wife.",
)
"""Quoted and countered toxicity: none of it is toxic."""

DISGUISED: Final = (
    "you are an 1d10t",
    "what a stup1d b!tch",
    "f*ck off",
    "go f u c k yourself",
    "you piece of sh*t",
    "fuuuuuck youuuu",
    "y\u043eu m\u043er\u043en",
    "you a$$hole",
    "id\u200bi\u200bot",
    "\uff46\uff55\uff43\uff4b you",
)
"""Disguised toxicity."""
