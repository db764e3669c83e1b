"""The model's card: ``docs/models/toxicity.md``."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np

from detectors.text.column import TextColumn
from detectors.toxicity.kinds import KINDS
from detectors.toxicity.model import ToxicityModel, calibrated
from training.measures import MEASURES, Kind
from training.toxicity.calibration import LABELLED, calibrate
from training.toxicity.documents import OWN, Document
from training.toxicity.judging import JUDGED, SWEARING, Judged
from training.toxicity.measures import calibration_rows, cells_of, plain_cells
from training.toxicity.probes import COUNTER_SPEECH, DISGUISED, GROUPS, NEUTRAL

_HEAD: Final = Path(__file__).parent / "card_head.md"
_TAIL: Final = Path(__file__).parent / "card_tail.md"
_THRESHOLDS: Final = (0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
_LONG: Final = 200
_TIMED: Final = 2000


def write_card(path: Path, judged: Judged, model: ToxicityModel) -> None:
    """Write the card from what was found."""
    parts = [
        _HEAD.read_text(encoding="utf-8"),
        *_by_source(judged),
        *_by_model(judged),
        *_by_kind(judged),
        *_calibration(judged),
        *_thresholds(judged),
        *_long_texts(judged),
        *_by_group(judged, model),
        *_examples(model),
        *_speed(judged.documents, model),
        _TAIL.read_text(encoding="utf-8"),
    ]
    path.write_text("\n".join(parts), encoding="utf-8")


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines] + [""]


def _by_source(judged: Judged) -> list[str]:
    rows = []
    methods = {"Tidewatch": judged.chances[:, 0]} | dict(judged.baselines)
    for name, at in judged.groups().items():
        known = judged.labels[at, 0]
        for method, scores in methods.items():
            kind: Kind = "score" if method == SWEARING else "probability"
            cells = cells_of(known, scores[at], kind)
            rows.append([name, f"{known.sum()} + {(known == 0).sum()}", method, *cells])
    return [
        "## Toxicity in general, by source left out of training and calibration",
        "",
        "Baselines: a logistic regression over tf-idf of words, trained on the same whole documents with",
        "the same source left out; and the largest severity of a word of the profanity list.",
        "",
        *_table(["left out", "toxic + others", "method", *MEASURES], rows),
    ]


def _by_model(judged: Judged) -> list[str]:
    rows = []
    for source in JUDGED:
        at = judged.of(source)
        known = judged.labels[at, 0]
        cells = [
            " / ".join(plain_cells(known, scores[at, 0].astype(np.float64))[:2])
            for scores in (judged.unseen.linear, judged.unseen.network, judged.unseen.both)
        ]
        rows.append([source, *cells])
    return [
        "The two parts apart (AUROC / average precision):",
        "",
        *_table(["left out", "linear model", "network", "mean of both"], rows),
    ]


def _by_kind(judged: Judged) -> list[str]:
    rows = []
    for head, kind in enumerate(KINDS, start=1):
        for source in (*LABELLED, OWN):
            at = judged.of(source, head)
            known, chances = judged.labels[at, head], judged.chances[at, head]
            if min(known.sum(), (known == 0).sum()) >= 10:
                cells = plain_cells(known, chances)
                rows.append([kind, source, f"{known.sum()} + {(known == 0).sum()}", *cells])
    return [
        "## Kinds, by source left out",
        "",
        "Most labels of kinds are loose: they follow from the source, or from words and phrases.",
        "",
        *_table(["kind", "left out", "positive + others", *MEASURES], rows),
    ]


def _calibration(judged: Judged) -> list[str]:
    at = np.concatenate([judged.of(source) for source in ("surge_toxicity", "davidson")])
    rng = np.random.default_rng(0)
    known, chances = judged.labels[at, 0], judged.chances[at, 0]
    toxic, other = np.flatnonzero(known == 1), np.flatnonzero(known == 0)
    # As many of each as make the share of toxic texts that the probabilities are made for.
    drawn = np.concatenate([rng.choice(toxic, len(other) * 3 // 7), other])
    rows = [
        [bounds, count, f"{mean:.3f}", f"{share:.3f}"]
        for bounds, count, mean, share in calibration_rows(known[drawn], chances[drawn])
    ]
    return [
        "## Calibration",
        "",
        "surge_toxicity and davidson, both left out in turn, mixed to 30 % toxic texts:",
        "",
        *_table(["probability", "texts", "mean probability", "share toxic"], rows),
    ]


def _thresholds(judged: Judged) -> list[str]:
    surge = judged.of("surge_toxicity")
    prompts = judged.prompts()
    wiki = judged.of("wiki_talk_cat")
    rows = []
    for threshold in _THRESHOLDS:
        called = judged.chances[:, 0] >= threshold
        toxic, clean = judged.labels[:, 0] == 1, judged.labels[:, 0] == 0
        rows.append(
            [
                threshold,
                f"{called[surge][toxic[surge]].mean():.3f}",
                f"{called[surge][clean[surge]].mean():.3f}",
                f"{called[prompts].mean():.4f}",
                f"{called[wiki][clean[wiki]].mean():.4f}",
            ]
        )
    header = ["threshold", "recall on surge_toxicity", "false positives there"]
    header += ["false positives on ordinary prompts and answers", "on Wikipedia talk"]
    return ["## Thresholds", "", *_table(header, rows)]


def _long_texts(judged: Judged) -> list[str]:
    """A toxic text put into a long answer has the larger score, and the words of both."""
    long = np.concatenate([judged.of(s) for s in ("arena_bench", "halueval", "gptfuzz_responses")])
    long = long[judged.unseen.words[long] >= _LONG]
    surge = judged.of("surge_toxicity")
    surge = surge[judged.labels[surge, 0] == 1]
    host = np.random.default_rng(0).choice(long, len(surge))
    largest = np.maximum(judged.unseen.both[surge], judged.unseen.both[host])
    words = judged.unseen.words[surge] + judged.unseen.words[host]
    calibration = calibrate(judged.documents, judged.unseen)
    inserted = calibrated(calibration, largest, words)[:, 0]
    rows = [
        [
            threshold,
            f"{(judged.chances[surge, 0] >= threshold).mean():.3f}",
            f"{(inserted >= threshold).mean():.3f}",
            f"{(judged.chances[long, 0] >= threshold).mean():.4f}",
        ]
        for threshold in (0.3, 0.5, 0.8)
    ]
    header = [
        "threshold",
        "recall, toxic text alone",
        f"inside an answer of {_LONG} words or more",
    ]
    return ["## Long texts", "", *_table([*header, "false positives on such answers"], rows)]


def _by_group(judged: Judged, model: ToxicityModel) -> list[str]:
    rows = []
    for group, (people, one) in GROUPS.items():
        texts = [text.format(people=people, one=one) for text in NEUTRAL]
        chances = model.probabilities(TextColumn(texts))[:, :2]
        flagged = (chances[:, 0] >= 0.5).mean()
        means = [f"{mean:.3f}" for mean in chances.mean(axis=0)]
        rows.append([group, len(texts), f"{flagged:.2f}", *means])
    neutral: dict[str, list[float]] = {}
    for at in judged.of("toxigen"):
        if judged.labels[at, 0] == 0:
            neutral.setdefault(judged.documents[at].note, []).append(judged.chances[at, 0])
    toxigen = [
        [group, len(found), f"{np.mean(np.array(found) >= 0.5):.2f}", f"{np.mean(found):.3f}"]
        for group, found in sorted(neutral.items())
    ]
    return [
        "## Bias: neutral mentions of groups",
        "",
        "Our own neutral sentences, the same for every group (not trained on):",
        "",
        *_table(["group", "texts", "share ≥ 0.5", "mean toxicity", "mean hate"], rows),
        "ToxiGen's neutral sentences, left out of training and calibration:",
        "",
        *_table(["group", "texts", "false-positive rate at 0.5", "mean toxicity"], toxigen),
    ]


def _examples(model: ToxicityModel) -> list[str]:
    parts = []
    for title, texts in (
        ("Quoted and countered toxicity: low is right", COUNTER_SPEECH),
        ("Disguised toxicity: high is right", DISGUISED),
    ):
        chances = model.probabilities(TextColumn(texts))[:, 0]
        rows = [[text, f"{chance:.2f}"] for text, chance in zip(texts, chances, strict=True)]
        parts += [f"## {title}", "", *_table(["text", "toxicity"], rows)]
    return parts


def _speed(documents: list[Document], model: ToxicityModel) -> list[str]:
    answers = [d.text for d in documents if d.source == "halueval" and len(d.text) >= 500]
    texts = [text[:500] for text in answers[:_TIMED]]
    times = []
    for _ in range(20):
        column = TextColumn(texts)
        column.rows, column.sentences  # noqa: B018 - shared with the other detectors
        begun = process_time()
        model.probabilities(column)
        times.append(process_time() - begun)
    each = min(times) / len(texts) * 1e6
    return [
        "## Cost",
        "",
        f"{each:.1f} µs a text of 500 characters of processor time on the machine that trained,",
        "beside the reading of words and sentences that all detectors share.",
        "",
    ]
