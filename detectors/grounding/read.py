"""Features of every sentence of every answer that has a source."""
import numpy as np

from detectors.compiled import compiled
from detectors.grounding.alignment import *
from detectors.grounding.alignment import Source
from detectors.grounding.features import *
from detectors.grounding.index import fill_index, slots_for
from detectors.grounding.tokens import read_tokens

MOST_ANSWER=4096
MOST_SOURCE=16384
MOST_QUESTION=256

@compiled
def mean_vector(tokens, count, vectors, out):
    out[:] = 0.0
    for at in range(count):
        if tokens.classes[at] & np.uint16(1): continue
        row = tokens.rows[at]
        if row >= 0:
            for d in range(vectors.shape[1]):
                out[d] += tokens.weights[at]*vectors[row, d]

@compiled
def read_all(response, contexts, context_offsets, prompt, lexicon, vectors, a, c, q, index, qindex, work, out, out_offsets, out_sentence):
    filled = 0
    means = np.zeros((3, vectors.shape[1]), np.float32)
    rounds = 0
    for event in range(len(context_offsets)-1):
        out_offsets[event] = filled
        count = 0
        for text in range(context_offsets[event], context_offsets[event+1]):
            count = read_tokens(contexts, text, MOST_SOURCE, lexicon, c, count)
        n = read_tokens(response, event, MOST_ANSWER, lexicon, a, 0)
        if count == 0 or n == 0: continue
        stamp = event + 1
        mask = slots_for(count)
        fill_index(index, mask, stamp, c, count, lexicon)
        nq = read_tokens(prompt, event, MOST_QUESTION, lexicon, q, 0)
        qmask = slots_for(nq)
        fill_index(qindex, qmask, stamp, q, nq, lexicon)
        source = Source(c, count, index, mask, stamp, c.sentences[0])
        mean_vector(c, count, vectors, means[0])
        begin = 0
        while begin < n:
            end = begin + 1
            while end < n and a.sentences[end] == a.sentences[begin]: end += 1
            content = 0
            for t in range(begin, end):
                content += not (a.classes[t] & np.uint16(1))
            if content > 0:
                row = out[filled]
                row[:] = 0.0
                look_up(a, begin, end, source, lexicon, work)
                rounds += 1
                one = best_sentence(a, begin, end, source, work, rounds)
                two = -1
                if one >= 0:
                    place_in(begin, end, source, work, one)
                    rounds += 1
                    two = best_sentence(a, begin, end, source, work, rounds)
                    if two >= 0:
                        place_in(begin, end, source, work, two)
                compare(a, begin, end, source, work, one, two, vectors)
                coverage_features(a, begin, end, source, work, qindex, qmask, one, row)
                pair_features(a, begin, end, source, work, row)
                order_features(a, begin, end, source, work, vectors, row)
                polarity_features(a, begin, end, source, work, row)
                source_features(a, begin, end, source, work, one, vectors, means[0], means[1], means[2], row)
                s = a.sentences[begin]
                last = response.ends[response.word_bounds[s+1]-1]
                row[33] = 0.0
                for p in range(last, min(last+4, len(response.data))):
                    if response.data[p] == 63: row[33] = 1.0
                    if response.data[p] == 10: break
                out_sentence[filled] = s
                filled += 1
            begin = end
    out_offsets[len(context_offsets)-1] = filled
    return filled
