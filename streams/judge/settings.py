"""Settings of the judge."""

from typing import Any, Literal

from pydantic import Field, SecretStr

from streams.setting_values import (
    Fraction,
    NetworkList,
    Port,
    PositiveInt,
    PositiveSeconds,
    Secret,
    Section,
)


class JudgeSettings(Section):
    """The judge process, a heavier scorer on a sample of events: see judges.md."""

    kind: Literal["off", "classifier", "endpoint"] = Field(
        "off",
        description="`classifier`: a model in ONNX on this machine; `endpoint`: an "
        "OpenAI-compatible HTTP interface, which sees texts.",
    )
    group: str = Field("tidewatch-judge", description="Kafka consumer group.")
    port: Port = Field(9465, description="Health and metrics; 0 for none.")
    signal: str = Field(
        "response.hallucination",
        description="Score that decides how probable an event is chosen; empty: all alike, by "
        "`unknown_probability`.",
    )
    least_probability: Fraction = Field(
        0.002, description="Of an event where that signal is sure: 0 or 1."
    )
    most_probability: Fraction = Field(0.05, description="Where it is at its most unsure: 0.5.")
    unknown_probability: Fraction = Field(0.01, description="Where it is absent.")
    calls_per_hour: PositiveInt = Field(
        600, description="Budget. Above it fewer are chosen, and their probabilities told so."
    )
    cycle_seconds: PositiveSeconds = Field(30, description="Events are chosen this often.")
    concurrency: PositiveInt = Field(4, description="Most calls at once.")
    redact: bool = Field(
        True, description="Whether personal data are taken out of the texts first."
    )
    endpoint_url: str = Field("", description="Base address, such as `http://127.0.0.1:8000/v1`.")
    endpoint_model: str = Field("", description="Name of the model there.")
    endpoint_key: Secret = Field(SecretStr(""), description="Bearer token; empty sends none.")
    endpoint_parameters: dict[str, Any] = Field(
        {"temperature": 0, "max_tokens": 200},
        description="What else the request says. Some models refuse these two, and want "
        "`max_completion_tokens`, say.",
    )
    allow_networks: NetworkList = Field(
        "",
        description="Where the endpoint may be beside the public internet, as "
        "`notify.allow_networks`.",
    )
    instructions: str = Field(
        "", description="System message for the endpoint; empty: the one in judges.md."
    )
    timeout_seconds: PositiveSeconds = Field(30, description="Longest wait for a call.")
    attempts: PositiveInt = Field(3, description="Most calls for one event.")
    characters: PositiveInt = Field(8_000, description="Most characters of each text sent.")
    model_path: str = Field("", description="Folder with `model.onnx` and `tokenizer.json`.")
    model_texts: Literal["response", "prompt", "prompt, response", "context, response"] = Field(
        "response", description="What the classifier reads."
    )
    model_class: int = Field(1, ge=0, description="Index of the class that is bad.")
