"""``tidewatch replay``: made-up or recorded traffic onto Kafka, or into files."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console

from streams.cli.exits import FAILED, refuse, told_in_a_line
from streams.cli.options import (
    BootstrapServers,
    DataDirectory,
    Json,
    parse_seconds,
    settings_from,
)

if TYPE_CHECKING:
    from streams.replay.fault_spec import FaultSpec
    from streams.replay.outgoing import Target
    from streams.replay.send import Totals
    from streams.replay.simulated import Source
    from streams.settings import KafkaSettings

app = typer.Typer()


class OutFormat(StrEnum):
    """Formats of the files that ``--out`` writes."""

    JSONL = "jsonl"
    PARQUET = "parquet"


@app.command(rich_help_panel="Traffic")
@told_in_a_line
def replay(
    *,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of public data sets to replay; without: made-up traffic."),
    ] = None,
    rate: Annotated[float, typer.Option(help="Events a second.", min=0.01)] = 100.0,
    for_: Annotated[
        float | None,
        typer.Option(
            "--for", parser=parse_seconds, metavar="TIME", help="How long: 90s, 5m. Else: no end."
        ),
    ] = None,
    events: Annotated[int | None, typer.Option(help="Stop after so many events.", min=1)] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            help="A fault, again for more: kind@start[+duration][:name=value,...]. Kinds: "
            "error_burst, latency_shift, traffic_stop, topic_shift, toxic_answers, "
            "unsupported_answers, bad_canary, model_swap, cost_jump.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 1,
    duplicates: Annotated[
        float, typer.Option(help="Share of events sent twice.", min=0, max=1)
    ] = 0.0,
    rubbish: Annotated[
        float, typer.Option(help="Bad messages per good event.", min=0, max=1)
    ] = 0.0,
    feedback: Annotated[bool, typer.Option(help="Whether feedback is sent too.")] = True,
    out: Annotated[
        Path | None, typer.Option(help="Write files into this folder instead of Kafka.")
    ] = None,
    out_format: Annotated[
        OutFormat, typer.Option("--format", help="Format of the files of --out.")
    ] = OutFormat.JSONL,
    oracle: Annotated[
        Path | None, typer.Option(help="File to write every sent message's identity to.")
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="File to write what the faults did to.")
    ] = None,
    kafka: BootstrapServers = None,
    data_dir: DataDirectory = None,
    as_json: Json = False,
) -> None:
    """Send traffic: four made-up applications, or public data sets as applications.

    Onto Kafka events carry the time they are sent at and come at --rate; into files, as fast as
    they can be written, with times that start now. Ctrl-C ends it; nothing sent is lost.

    Example: `tidewatch replay --rate 200 --for 5m --fault error_burst@60s+30s:strength=0.3`
    """
    from streams.replay.companions import FeedbackShares
    from streams.replay.messages import Disturbances
    from streams.replay.send import Plan, send
    from streams.service import stop_on_signals

    settings = settings_from(kafka=kafka, data_dir=data_dir)
    if out is not None and events is None and for_ is None:
        refuse("--out: give --events or --for too, or the files would never end")
    if out is not None and rubbish:
        refuse("--rubbish: bad messages go to Kafka only, what is no JSON fits no file")
    faults = tuple(map(_fault, fault or ()))
    if for_ is not None:
        # At an even rate so many seconds are so many events, whatever the source's own times say.
        events = min(events or sys.maxsize, max(1, round(rate * for_)))
    plan = Plan(
        rate=rate if out is None else None,
        live=out is None,
        max_events=events,
        faults=faults,
        feedback=FeedbackShares() if feedback else None,
        disturbances=Disturbances(duplicates=duplicates, rubbish=rubbish),
        too_large_bytes=settings.score.max_event_bytes + 1024,
        seed=seed,
        oracle_path=oracle,
        truth_path=truth,
    )
    console = Console(stderr=True, highlight=False)
    source = _source(data, rate, seed)
    with console.status("sending") as status:
        totals = send(
            source,
            _target(settings.kafka, out, out_format),
            plan,
            stop=stop_on_signals(),
            progress=lambda now: status.update(f"{now.events:,} events sent"),
        )
    _report(totals, as_json=as_json)
    if totals.lost:
        raise typer.Exit(FAILED)


def _fault(text: str) -> "FaultSpec":
    from streams.replay.fault_spec import parse_fault

    try:
        return parse_fault(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _source(data: Path | None, rate: float, seed: int) -> "Source":
    from datetime import UTC, datetime

    from streams.replay.datasets import DatasetTraffic
    from streams.replay.generator import TrafficGenerator

    start = datetime.now(UTC)
    if data is None:
        return TrafficGenerator(rate, start=start, seed=seed, daily_amplitude=0.0)
    try:
        return DatasetTraffic(data, start=start, seed=seed, rate=rate)
    except FileNotFoundError as error:
        refuse(f"--data: {error}")


def _target(settings: "KafkaSettings", out: Path | None, out_format: OutFormat) -> "Target":
    if out is None:
        from streams.kafka import ensure_topics
        from streams.replay.kafka_target import KafkaTarget

        ensure_topics(settings)
        return KafkaTarget(settings)
    from streams.replay.file_target import JsonLinesTarget, ParquetTarget

    return JsonLinesTarget(out) if out_format is OutFormat.JSONL else ParquetTarget(out)


def _report(totals: "Totals", *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(totals).decode() + "\n")
        return
    console = Console(highlight=False)
    console.print(
        f"{totals.events:,} events in {totals.seconds:.1f} s, {totals.copies:,} copies, "
        f"{totals.bad:,} bad messages, {totals.feedback:,} feedback, {totals.changes:,} changes"
    )
    for error, count in totals.lost.items():
        console.print(f"{count:,} messages were lost: {error}")
