"""The judge process put together."""

import threading
import time
from pathlib import Path

from detectors.detector import Detector
from detectors.discovery import all_signals, discover_detectors
from detectors.redaction import redact
from detectors.sampling import SamplingDesign
from schemas.topics import FEEDBACK, INFERENCE
from schemas.wire import decoders
from streams.judge.budget import Budget
from streams.judge.candidates import Candidates
from streams.judge.classifier import ClassifierJudge
from streams.judge.endpoint import EndpointJudge
from streams.judge.judge import Judge, JudgeError
from streams.judge.metrics import JudgeMetrics
from streams.judge.prompt import DEFAULT_INSTRUCTIONS
from streams.judge.settings import JudgeSettings
from streams.judge.worker import JudgeWorker
from streams.kafka import client_config, ensure_topics, topic_name
from streams.outbound import Networks
from streams.score.intake import Intake
from streams.service import new_registry, serving_health
from streams.settings import Settings

_DAY_SECONDS = 86400


def build_judge(settings: JudgeSettings) -> Judge:
    """The judge that the settings name. Raises :class:`JudgeError`."""
    if settings.kind == "classifier":
        if not settings.model_path:
            raise JudgeError("judge.model_path is needed: a folder with model.onnx")
        return ClassifierJudge(
            Path(settings.model_path),
            texts=settings.model_texts,
            class_index=settings.model_class,
        )
    if settings.kind == "endpoint":
        if not settings.endpoint_url or not settings.endpoint_model:
            raise JudgeError("judge.endpoint_url and judge.endpoint_model are needed")
        return EndpointJudge(
            settings.endpoint_url,
            model=settings.endpoint_model,
            key=settings.endpoint_key.get_secret_value(),
            instructions=settings.instructions or DEFAULT_INSTRUCTIONS,
            parameters=settings.endpoint_parameters,
            timeout_seconds=settings.timeout_seconds,
            attempts=settings.attempts,
            characters=settings.characters,
            networks=Networks.parse(settings.allow_networks, setting="judge.allow_networks"),
        )
    raise JudgeError("judge.kind is off: set it to classifier or endpoint, see docs/judges.md")


def light_detectors(signal: str) -> list[Detector]:
    """The detector that computes the signal, which must be a score; none for no signal."""
    if not signal:
        return []
    found = discover_detectors()
    scores = {one.name for one in all_signals(found) if one.kind == "score"}
    if signal not in scores:
        raise JudgeError(
            f"judge.signal: {signal!r} is no score; one of {', '.join(sorted(scores))}, or empty"
        )
    return [one for one in found if signal in {each.name for each in one.signals}]


def build_worker(settings: Settings, judge: Judge, metrics: JudgeMetrics) -> JudgeWorker:
    """The worker that the settings describe. Raises :class:`JudgeError`."""
    wanted = settings.judge
    try:
        design = SamplingDesign(
            least=wanted.least_probability,
            most=wanted.most_probability,
            unknown=wanted.unknown_probability,
        )
    except ValueError as error:
        raise JudgeError(f"judge.least_probability, judge.most_probability: {error}") from None
    budget = Budget(wanted.calls_per_hour, time.monotonic())
    return JudgeWorker(
        client_config(settings.kafka),
        group=wanted.group,
        inference_topic=topic_name(settings.kafka, INFERENCE),
        feedback_topic=topic_name(settings.kafka, FEEDBACK),
        intake=Intake(
            decoders(),
            max_event_bytes=settings.score.max_event_bytes,
            future_seconds=settings.score.future_seconds,
            past_seconds=settings.score.past_days * _DAY_SECONDS,
        ),
        judge=judge,
        candidates=Candidates(
            design,
            detectors=light_detectors(wanted.signal),
            signal=wanted.signal,
            salt=judge.name,
            most=budget.capacity,
        ),
        budget=budget,
        cycle_seconds=wanted.cycle_seconds,
        concurrency=wanted.concurrency,
        redact=redact if wanted.redact else None,
        metrics=metrics,
    )


def run_judge(settings: Settings, stop: threading.Event) -> None:
    """Judge until ``stop`` is set.

    Raises :class:`JudgeError` when it cannot be done as configured, ``KafkaUnavailable`` or
    ``KafkaException`` when Kafka cannot be used.
    """
    judge = build_judge(settings.judge)
    registry = new_registry()
    worker = build_worker(settings, judge, JudgeMetrics(registry))
    ensure_topics(settings.kafka)
    with serving_health(settings.http, settings.judge.port, registry, lambda: worker.problem):
        worker.run(stop)
