"""The applications whose traffic is made up: services, use cases, models, releases."""

from typing import Literal

from msgspec import Struct

from schemas.events import UseCaseKind

Style = Literal["rag", "route", "judge", "code", "agent"]


class Model(Struct, frozen=True, kw_only=True):
    """A model: seconds to its first token, output tokens per second, US dollars per 10^6 tokens."""

    name: str
    provider: str
    snapshot: str
    first_token_seconds: float
    tokens_per_second: float
    input_usd: float
    output_usd: float


class UseCase(Struct, frozen=True, kw_only=True):
    """One model call an application makes.

    ``share`` of the requests make it; ``text`` is its amount of text relative to the others;
    ``models`` are its models with their weights.
    """

    name: str
    kind: UseCaseKind
    style: Style
    models: dict[str, float]
    share: float = 1.0
    text: float = 1.0
    streamed: bool = True
    system_prompt_tokens: int = 400


class Application(Struct, frozen=True, kw_only=True):
    """A service: its share of all requests, its calls in their order, its languages by weight."""

    name: str
    share: float
    use_cases: tuple[UseCase, ...]
    languages: dict[str, float]
    canary_share: float = 0.0
    arms: tuple[str, ...] = ()


MODELS = {
    model.name: model
    for model in (
        Model(
            name="aurora-4-large",
            provider="aurora",
            snapshot="aurora-4-large-2026-08-14",
            first_token_seconds=0.62,
            tokens_per_second=62,
            input_usd=2.8,
            output_usd=11.5,
        ),
        Model(
            name="aurora-4-mini",
            provider="aurora",
            snapshot="aurora-4-mini-2026-08-14",
            first_token_seconds=0.27,
            tokens_per_second=128,
            input_usd=0.2,
            output_usd=0.8,
        ),
        Model(
            name="meridian-70b-instruct",
            provider="self-hosted",
            snapshot="meridian-70b-instruct-v3",
            first_token_seconds=0.41,
            tokens_per_second=48,
            input_usd=0.6,
            output_usd=0.7,
        ),
        Model(
            name="kestrel-3-flash",
            provider="kestrel",
            snapshot="kestrel-3-flash-002",
            first_token_seconds=0.22,
            tokens_per_second=165,
            input_usd=0.12,
            output_usd=0.45,
        ),
        Model(
            name="quartz-coder-32b",
            provider="self-hosted",
            snapshot="quartz-coder-32b-v2",
            first_token_seconds=0.35,
            tokens_per_second=74,
            input_usd=0.3,
            output_usd=0.4,
        ),
    )
}

APPLICATIONS = (
    Application(
        name="support-assistant",
        share=0.42,
        use_cases=(
            UseCase(
                name="answer-question",
                kind="rag",
                style="rag",
                text=1.3,
                system_prompt_tokens=620,
                models={"aurora-4-large": 6, "meridian-70b-instruct": 4},
            ),
        ),
        languages={"en": 62, "de": 13, "fr": 10, "es": 10, "pt": 5},
    ),
    Application(
        name="shop-search",
        share=0.22,
        use_cases=(
            UseCase(
                name="route-query",
                kind="router",
                style="route",
                text=0.05,
                streamed=False,
                system_prompt_tokens=260,
                models={"kestrel-3-flash": 1},
            ),
            UseCase(
                name="describe-results",
                kind="rag",
                style="rag",
                share=0.8,
                text=1.1,
                models={"aurora-4-mini": 7, "kestrel-3-flash": 3},
            ),
            UseCase(
                name="judge-answer",
                kind="judge",
                style="judge",
                share=0.12,
                text=0.6,
                streamed=False,
                models={"aurora-4-large": 1},
            ),
        ),
        languages={"en": 1},
        canary_share=0.05,
    ),
    Application(
        name="code-helper",
        share=0.2,
        use_cases=(
            UseCase(
                name="write-code",
                kind="general",
                style="code",
                text=1.0,
                system_prompt_tokens=310,
                models={"quartz-coder-32b": 7, "aurora-4-large": 3},
            ),
        ),
        languages={"en": 1},
    ),
    Application(
        name="travel-planner",
        share=0.16,
        use_cases=(
            UseCase(
                name="plan-trip",
                kind="agent",
                style="agent",
                text=1.1,
                system_prompt_tokens=880,
                models={"aurora-4-large": 5, "aurora-4-mini": 5},
            ),
        ),
        languages={"en": 70, "de": 12, "fr": 10, "es": 8},
        arms=("concise", "detailed"),
    ),
)


def event_shares(applications: tuple[Application, ...] = APPLICATIONS) -> list[list[float]]:
    """Events of every use case per request, by application. They add up to events per request."""
    total = sum(application.share for application in applications)
    return [
        [application.share / total * use_case.share for use_case in application.use_cases]
        for application in applications
    ]
