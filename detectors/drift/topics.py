"""What a text is about, by the nearest of a few dozen topics: so that a drift can be told in words.

A topic is the mean vector of the words that name it, a text the mean of its words' vectors
(:mod:`detectors.text.word_vectors`); both less what all topics share. No training, and no
reference: the same topics in every release, so that their counts can be compared over a year.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detectors.text.vocabulary import vocabulary
from detectors.text.word_vectors import word_vectors

OTHER: Final = "other"
"""Of texts near no topic."""

NEAREST: Final = 0.12
"""Least cosine to a topic."""

TOPICS: Final = {
    "accounts and passwords": "password login account username email verify access",
    "animals": "dog cat animal pet bird horse fish",
    "art and design": "art painting design drawing artist color museum",
    "banking": "bank transfer deposit savings balance checking account routing",
    "books and writing": "book novel author story essay chapter poem",
    "business": "business company management strategy customers startup sales",
    "calendar and reminders": "calendar schedule meeting reminder appointment event tomorrow",
    "cars and driving": "car driving vehicle tire engine oil gas mileage",
    "clothes and fashion": "clothes dress shoes shirt fashion wear jacket",
    "complaints": "complaint disappointed unacceptable terrible angry problem wrong",
    "computers": "computer laptop windows software install screen printer",
    "cooking and recipes": "recipe cook cooking bake ingredients oven sauce",
    "credit cards": "credit card visa limit score apr declined",
    "databases": "sql query table database column rows join",
    "education": "school student teacher university course exam homework",
    "environment": "climate environment energy pollution carbon solar recycling",
    "family and relationships": "family mother friend relationship marriage parents children",
    "films and television": "movie film actor show series television episode",
    "food and restaurants": "restaurant food meal dinner menu pizza eat",
    "games": "game play player dice chess puzzle gaming",
    "geography": "country capital city population continent mountain river",
    "greetings and small talk": "hello hi thanks goodbye morning name joke",
    "health and medicine": "doctor disease symptoms medicine pain treatment patient",
    "history": "history war century ancient empire king revolution",
    "home and smart devices": "lights thermostat speaker volume lamp room kitchen",
    "housing": "house apartment rent mortgage landlord lease buy",
    "insurance": "insurance policy claim coverage premium benefits plan",
    "investing": "stock invest market shares fund crypto portfolio",
    "jobs and careers": "job resume career interview salary employee hiring",
    "languages and translation": "translate spanish french german language meaning word",
    "law": "law legal court lawyer contract rights crime",
    "mathematics": "math equation calculate number sum divided algebra",
    "music": "song music playlist album band guitar singer",
    "news": "news headlines report article journalist today breaking",
    "orders and shipping": "order delivery shipping package tracking shipped arrive",
    "payments and bills": "bill pay payment invoice due charge electricity",
    "phones": "phone call text message android iphone battery",
    "philosophy": "philosophy ethics meaning existence moral truth consciousness",
    "politics": "government president election vote policy party senate",
    "programming": "code function python java programming error variable",
    "psychology": "anxiety stress emotions therapy feelings mental depression",
    "refunds and returns": "refund return cancel exchange replacement money back",
    "religion": "god church religion prayer bible faith islam",
    "science": "science physics chemistry biology experiment theory molecule",
    "security": "security attack malware hacker vulnerability encryption exploit",
    "shopping": "shopping buy price store product cheap list",
    "space": "planet space star moon galaxy nasa earth",
    "sports and fitness": "football team basketball exercise workout player sport",
    "taxes": "tax taxes irs income filing deduction",
    "time and dates": "time clock timezone date hour minutes alarm",
    "travel and hotels": "flight hotel trip travel airport luggage vacation visa",
    "vacation and leave": "pto vacation leave days holiday request sick",
    "weather": "weather rain temperature forecast snow sunny storm",
    "web and links": "website html css page link browser internet",
}
"""Topics and the words that name them."""


@cache
def _directions() -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """What a text's embedding is multiplied with, a column a topic and one for the topics' mean.

    Also what the mean's own part of each product is, and the mean's squared length.
    """
    rows = {word: row for row, word in enumerate(vocabulary().words)}
    vectors = word_vectors()
    means = []
    for words in TOPICS.values():
        mean = np.mean([vectors[rows[word]] for word in words.split() if word in rows], axis=0)
        means.append(mean / np.linalg.norm(mean))
    middle = np.mean(means, axis=0)
    topics = np.array(means) - middle
    topics /= np.linalg.norm(topics, axis=1, keepdims=True)
    columns = np.vstack((topics, middle)).T.astype(np.float32)
    return (
        np.ascontiguousarray(columns),
        (topics @ middle).astype(np.float32),
        float(middle @ middle),
    )


def topics_of(embeddings: NDArray[np.float32]) -> NDArray[np.int64]:
    """The topic of every text, as a place in :data:`TOPICS`; -1 for none near enough.

    Parameters
    ----------
    embeddings
        As :meth:`detectors.text.column.TextColumn.embeddings` gives them: a row a text, 256
        columns, of length 1.
    """
    columns, shared, length = _directions()
    products = embeddings @ columns
    # The squared distance to the middle, of vectors of length 1.
    away = np.sqrt(np.maximum(1 - 2 * products[:, -1] + length, 0))
    nearness = products[:, :-1] - shared
    best = nearness.argmax(axis=1)
    near = nearness[np.arange(len(best)), best] >= NEAREST * away
    return np.where(near, best, -1)
