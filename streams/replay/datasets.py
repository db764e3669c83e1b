"""Traffic replayed from public data sets: real texts, real arrivals, real token counts.

Arrivals and token counts come from the Azure trace, texts from whatever sets the folder holds.
The trace has no latencies: they are drawn from the token counts by
:class:`~streams.replay.timing.TimingModel`. Token counts belong to the arrivals, not to the texts.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
import structlog

from schemas.events import InferenceEvent
from streams.replay.applications import MODELS, Model
from streams.replay.arrivals import Arrivals
from streams.replay.azure_trace import FILE, Arrived, AzureTrace
from streams.replay.draws import ERRORS, ZIPF_EXPONENT
from streams.replay.readers import DATA_SETS, DataSet, Item
from streams.replay.simulated import Chunk, Simulated
from streams.replay.timing import TimingModel

log = structlog.get_logger(__name__)

ERROR_SHARE = 0.005
USERS = 2000
CHUNK_EVENTS = 512
DEFAULT_RATE = 5.0
CHARACTERS_PER_TOKEN = 4.1


class _Loaded(NamedTuple):
    about: DataSet
    good: list[Item]
    bad: list[Item]
    models: list[Model]


class DatasetTraffic:
    """Inference events from public data sets; endless, seeded.

    Parameters
    ----------
    folder
        Folder with a folder for each data set, named as in ``readers.DATA_SETS``.
    start
        Event time of the first event.
    seed
        Seed of everything drawn: which text comes when, models, timings, errors.
    rate
        Events per second on average; ``None`` keeps the trace's own.
    unsupported
        Share of unsupported answers among events whose answers have labels.

    Attributes
    ----------
    notes
        What was left out because it was not there.

    Raises
    ------
    FileNotFoundError
        When the folder holds none of the data sets with texts.
    """

    def __init__(
        self,
        folder: Path,
        *,
        start: datetime,
        seed: int = 1,
        rate: float | None = None,
        unsupported: float = 0.05,
    ) -> None:
        self.start = start.timestamp()
        self.seed = seed
        self.unsupported = unsupported
        self.notes: list[str] = []
        self._sets = self._load(folder)
        self._trace: AzureTrace | None = None
        self._arrivals = Arrivals(rate or DEFAULT_RATE)
        if (folder / FILE).is_file():
            self._trace = AzureTrace(folder, rate)
        else:
            self.notes.append(
                f"{FILE.parent} is not in {folder}: arrivals are made up, "
                "token counts come from the texts"
            )
        for note in self.notes:
            log.warning("data_set_left_out", note=note)

    def _load(self, folder: Path) -> list[_Loaded]:
        loaded = []
        for about in DATA_SETS:
            if not (folder / about.name).is_dir():
                self.notes.append(f"{about.name} is not in {folder}: left out")
                continue
            items = list(about.read(folder / about.name))
            models = dict.fromkeys(item.model for item in items if item.model)
            loaded.append(
                _Loaded(
                    about,
                    [item for item in items if item.supported is not False],
                    [item for item in items if item.supported is False],
                    [model_named(name) for name in models] or list(MODELS.values()),
                )
            )
        if not loaded:
            names = ", ".join(dict.fromkeys(about.name for about in DATA_SETS))
            raise FileNotFoundError(f"{folder} holds none of the data sets: {names}")
        return loaded

    def chunks(self) -> Iterator[Chunk]:
        """Endless traffic, in the order of event time."""
        run = _Run(self._sets, self.seed, self.start, self.unsupported)
        if self._trace is not None:
            for arrived in self._trace.chunks(self.start, CHUNK_EVENTS):
                yield run.chunk(arrived.times, arrived)
        else:
            for times in self._arrivals.times(self.start, run.rng, CHUNK_EVENTS):
                if len(times):
                    yield run.chunk(times, None)


def model_named(name: str) -> Model:
    """A model of that name with speed and prices that depend on its name alone."""
    draw = random.Random(int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big"))
    return Model(
        name=name,
        provider=name.partition("-")[0].lower(),
        snapshot=name,
        first_token_seconds=round(draw.uniform(0.2, 0.8), 3),
        tokens_per_second=round(draw.uniform(25, 120), 1),
        input_usd=round(draw.uniform(0.1, 3), 2),
        output_usd=round(draw.uniform(0.4, 12), 2),
    )


class _Run:
    """One pass over the endless traffic."""

    def __init__(
        self, sets: Sequence[_Loaded], seed: int, start: float, unsupported: float
    ) -> None:
        self.sets = sets
        self.unsupported = unsupported
        sequence = np.random.SeedSequence([seed, round(start * 1e6)])
        self.rng = np.random.Generator(np.random.PCG64(sequence))
        shares = np.array([loaded.about.share for loaded in sets])
        self.set_shares = shares / shares.sum()
        popularity = np.arange(1, USERS + 1) ** -ZIPF_EXPONENT
        self.user_shares = popularity / popularity.sum()
        self.models = list({m.name: m for loaded in sets for m in loaded.models}.values())
        self.model_numbers = {model.name: n for n, model in enumerate(self.models)}
        self.timing = TimingModel(self.models)

    def chunk(self, times: np.ndarray, arrived: Arrived | None) -> Chunk:
        rng = self.rng
        n = len(times)
        sets = [self.sets[at] for at in rng.choice(len(self.sets), n, p=self.set_shares).tolist()]
        picks = rng.random((3, n)).tolist()
        items = [self._item(*drawn) for drawn in zip(sets, picks[0], picks[1], strict=True)]
        numbers = np.array(
            [
                self.model_numbers[item.model or chosen.models[int(pick * len(chosen.models))].name]
                for item, chosen, pick in zip(items, sets, picks[2], strict=True)
            ]
        )
        if arrived is None:
            tokens_in = _tokens([len(i.prompt) + sum(map(len, i.contexts)) for i in items])
            tokens_out = _tokens([len(item.response) for item in items])
        else:
            tokens_in, tokens_out = arrived.input_tokens, arrived.output_tokens
        timing = self.timing.draw(rng, numbers, tokens_in, tokens_out)
        users = rng.choice(USERS, n, p=self.user_shares).tolist()
        failed = (rng.random(n) < ERROR_SHARE).tolist()
        errors = rng.choice(list(ERRORS), n, p=list(ERRORS.values())).tolist()
        ids = rng.bytes(16 * n).hex()
        columns = zip(
            times.tolist(), sets, items, numbers.tolist(), users, failed, errors,
            tokens_in.tolist(), tokens_out.tolist(), *(column.tolist() for column in timing),
            strict=True,
        )  # fmt: skip
        rows = [
            self._row(ids[32 * at : 32 * at + 32], *values) for at, values in enumerate(columns)
        ]
        return Chunk(rows=rows)

    def _item(self, loaded: _Loaded, kind: float, pick: float) -> Item:
        bad = loaded.bad and (kind < self.unsupported or not loaded.good)
        items = loaded.bad if bad else loaded.good
        return items[int(pick * len(items))]

    def _row(
        self, event_id: str, time: float, loaded: _Loaded, item: Item, number: int, user: int,
        failed: bool, error: str, tokens_in: int, tokens_out: int,
        first_token: float, latency: float, cost: float,
    ) -> Simulated:  # fmt: skip
        about, model = loaded.about, self.models[number]
        event = InferenceEvent(
            event_id=event_id,
            time=datetime.fromtimestamp(time, UTC),
            service_name=about.service_name,
            use_case=about.use_case,
            use_case_kind=about.kind,
            deployment_environment_name="replay",
            provider_name=model.provider,
            request_model=model.name,
            response_model="" if failed else model.snapshot,
            service_version="1.0.0",
            prompt_name=about.use_case,
            prompt_version="v1",
            trace_id=event_id,
            user_id=f"user-{user:05d}",
            labels={"data_set": about.name},
            prompt=item.prompt,
            response=None if failed else item.response,
            contexts=list(item.contexts),
            finish_reason="" if failed else "stop",
            status="error" if failed else "ok",
            error_type=error if failed else "",
            latency_seconds=first_token if failed else latency,
            time_to_first_token_seconds=None if failed else first_token,
            usage_input_tokens=tokens_in,
            usage_output_tokens=0 if failed else tokens_out,
            cost_usd=0.0 if failed else cost,
        )
        supported = None if failed else item.supported
        pleased = 0.05 if failed else 0.35 if supported is False else 0.85
        return Simulated(event=event, time=time, supported=supported, pleased=pleased)


def _tokens(lengths: list[int]) -> np.ndarray:
    return np.ceil(np.array(lengths) / CHARACTERS_PER_TOKEN).astype(np.int64)
