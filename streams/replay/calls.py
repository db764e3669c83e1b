"""Calls of models as inference events: texts composed, timed and put together."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from schemas.events import GuardrailOutcome, InferenceEvent, Message
from streams.replay.applications import Model
from streams.replay.draws import ERRORS, Drawer, Draws, Floats, Ints, Outcome, Rates
from streams.replay.pools import Pools
from streams.replay.releases import Releases
from streams.replay.scenarios import phrases
from streams.replay.simulated import Simulated
from streams.replay.timing import TimingModel

TIMEOUT_SECONDS = 30.0
CHARACTERS_PER_TOKEN = 4.1
CONVERSATION_SECONDS = 1800.0

PASSED = [
    GuardrailOutcome(name="prompt-policy", stage="before", outcome="passed", score=0.02),
    GuardrailOutcome(name="answer-policy", stage="after", outcome="passed", score=0.01),
]
REDACTED = [
    GuardrailOutcome(name="personal-data", stage="before", outcome="redacted", score=0.91),
    PASSED[1],
]
BLOCKED = [GuardrailOutcome(name="prompt-policy", stage="before", outcome="blocked", score=0.97)]

LABELS = [
    {"region": region, "channel": channel}
    for region in ("eu-west", "eu-central", "us-east", "sa-east")
    for channel in ("web", "app", "api")
]

PLEASED = {
    Outcome.GOOD: 0.9,
    Outcome.ERROR: 0.05,
    Outcome.BLOCKED: 0.2,
    Outcome.REFUSAL: 0.3,
    Outcome.UNSUPPORTED: 0.35,
    Outcome.CUT_OFF: 0.5,
}


class Texts(NamedTuple):
    """Prompts and responses of a chunk's calls."""

    prompts: list[str]
    responses: list[str]


class Measures(NamedTuple):
    """Tokens, seconds and US dollars of a chunk's calls."""

    tokens_in: Ints
    tokens_out: Ints
    tokens_cached: Ints
    first_token: Floats
    latency: Floats
    cost: Floats


class Caller:
    """Makes the events of requests."""

    def __init__(
        self,
        *,
        pools: Pools,
        models: Sequence[Model],
        releases: Releases,
        users: Sequence[str],
        rates: Rates,
        rng: np.random.Generator,
    ) -> None:
        self._pools = pools
        self._models = models
        self._releases = releases
        self._users = users
        self._rng = rng
        self._timing = TimingModel(models)
        self._drawer = Drawer(pools, models, len(users), rates, rng)
        self._system_tokens = np.array([c.use_case.system_prompt_tokens for c in pools.calls])
        self._phrases = phrases()

    def rows(self, requests: Floats) -> list[Simulated]:
        """The events of requests that arrive at the given times (seconds since the epoch)."""
        draws = self._drawer.draw(requests)
        texts = self._texts(draws)
        return self._rows(draws, texts, self._measures(draws, texts), len(requests))

    def _texts(self, draws: Draws) -> Texts:
        scenarios, said, calls = self._pools.scenarios, self._phrases, self._pools.calls
        plain = [call.use_case.style in {"route", "judge"} for call in calls]
        prompts: list[str] = []
        responses: list[str] = []
        picks = self._rng.random((5, len(draws.call))).tolist()
        for number, call, outcome, a, b, c, d, e in zip(
            draws.scenario.tolist(), draws.call.tolist(), draws.outcome.tolist(), *picks,
            strict=True,
        ):  # fmt: skip
            scenario = scenarios[number]
            answer = scenario.wrong if outcome == Outcome.UNSUPPORTED else scenario.right
            if plain[call]:
                prompts.append(scenario.question)
                responses.append(answer)
                continue
            words = said[scenario.language]
            greeting = words.greetings[int(a * len(words.greetings))]
            signoff = words.signoffs[int(b * len(words.signoffs))]
            prompts.append(f"{greeting}{scenario.question}{signoff}")
            if outcome in {Outcome.REFUSAL, Outcome.BLOCKED}:
                responses.append(words.refusals[int(e * len(words.refusals))])
                continue
            opener = words.openers[int(c * len(words.openers))]
            closer = words.closers[int(d * len(words.closers))]
            if "\n" in answer:
                response = f"{opener}\n\n{answer}\n\n{closer.lstrip()}".strip()
            else:
                response = f"{opener}{answer}{closer}"
            if outcome == Outcome.CUT_OFF:
                response = response[: int(len(response) * (0.3 + 0.5 * e))]
            responses.append(response)
        return Texts(prompts, responses)

    def _measures(self, draws: Draws, texts: Texts) -> Measures:
        n = len(draws.call)
        scenarios = self._pools.scenarios
        read = np.array(
            [
                len(prompt) + scenarios[number].context_characters
                for prompt, number in zip(texts.prompts, draws.scenario.tolist(), strict=True)
            ]
        )
        written = np.array([len(response) for response in texts.responses])
        system = self._system_tokens[draws.call]
        tokens_in = system + np.ceil(read / CHARACTERS_PER_TOKEN).astype(np.int64)
        tokens_out = np.ceil(written / CHARACTERS_PER_TOKEN).astype(np.int64)
        load = 1 + 0.15 * np.sin(2 * np.pi * (draws.times / 86400.0 - 9 / 24))
        timing = self._timing.draw(self._rng, draws.model, tokens_in, tokens_out, load)
        quick = 0.02 * np.exp(0.5 * self._rng.standard_normal(n))
        failed = np.where(draws.error == 0, TIMEOUT_SECONDS + quick, 10 * quick)
        skipped = draws.cached | (draws.outcome == Outcome.BLOCKED)
        error = draws.outcome == Outcome.ERROR
        latency = np.select([error, skipped], [failed, quick], timing.latency_seconds)
        latency = np.round(latency + 0.6 * draws.retries, 4)
        return Measures(
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            tokens_cached=np.where(self._rng.random(n) < 0.7, system, 0),
            first_token=np.minimum(timing.first_token_seconds, latency),
            latency=latency,
            cost=np.where(skipped | error, 0.0, timing.cost_usd),
        )

    def _rows(self, draws: Draws, texts: Texts, made: Measures, requests: int) -> list[Simulated]:
        """The events themselves: the one loop that costs, hence its plain shape."""
        n = len(draws.call)
        ids = self._rng.bytes(16 * n).hex()
        traces = self._rng.bytes(16 * requests).hex()
        errors = list(ERRORS)
        serving = self._releases.serving(float(draws.times[0]))
        scenarios, users, models = self._pools.scenarios, self._users, self._models
        rows: list[Simulated] = []
        columns = [column.tolist() for column in (*draws, *made)]
        for i, (
            request, call, time, user, number, model_number, outcome, error, cached, retries,
            redacted, tokens_in, tokens_out, tokens_cached, first_token, latency, cost,
        ) in enumerate(zip(*columns, strict=True)):  # fmt: skip
            scenario, model = scenarios[number], models[model_number]
            version = serving[call][user % 100]
            failed = outcome == Outcome.ERROR
            blocked = outcome == Outcome.BLOCKED
            prompt: str | list[Message] = texts.prompts[i]
            if scenario.history:
                prompt = [*scenario.history, Message(role="user", content=texts.prompts[i])]
            event = InferenceEvent(
                event_id=ids[32 * i : 32 * i + 32],
                time=datetime.fromtimestamp(time, UTC),
                service_name=version.service_name,
                use_case=version.use_case,
                use_case_kind=version.kind,
                deployment_environment_name="production",
                provider_name=model.provider,
                request_model=model.name,
                response_model="" if failed else model.snapshot,
                service_version=version.service_version,
                release_role=version.role,
                experiment_arm=version.arm,
                prompt_name=version.use_case,
                prompt_version=version.prompt_version,
                conversation_id=f"{users[user]}-{int(time / CONVERSATION_SECONDS):x}",
                trace_id=traces[32 * request : 32 * request + 32],
                span_id=ids[32 * i : 32 * i + 16],
                user_id=users[user],
                labels=LABELS[user % len(LABELS)],
                prompt=prompt,
                system_prompt_hash=version.system_prompt_hash,
                response=None if failed else texts.responses[i],
                contexts=scenario.contexts,
                tools=scenario.tools,
                finish_reason=(
                    "" if failed
                    else "content_filter" if blocked
                    else "length" if outcome == Outcome.CUT_OFF
                    else "stop"
                ),
                status="error" if failed else "ok",
                error_type=errors[error] if failed else "",
                latency_seconds=latency,
                time_to_first_token_seconds=None if failed or not version.streamed else first_token,
                usage_input_tokens=tokens_in,
                usage_output_tokens=0 if failed else tokens_out,
                usage_cache_read_input_tokens=0 if cached or failed else tokens_cached,
                cost_usd=cost,
                cache_hit=cached,
                retries=retries,
                guardrails=BLOCKED if blocked else REDACTED if redacted else PASSED,
            )  # fmt: skip
            known = (scenario.contexts or scenario.tools) and outcome in {
                Outcome.GOOD,
                Outcome.UNSUPPORTED,
            }
            rows.append(
                Simulated(
                    event=event,
                    time=time,
                    supported=outcome == Outcome.GOOD if known else None,
                    pleased=PLEASED[outcome],
                    language=scenario.language,
                )
            )
        return rows
