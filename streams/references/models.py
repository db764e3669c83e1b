"""Whose embeddings a reference holds."""

from collections.abc import Sequence

from detectors.drift.models import MODEL_SIGNAL, models_of
from detectors.summaries import VectorSum, decode_summary
from schemas.references import Reference, ReferenceBlock


def embedding_models(blocks: Sequence[ReferenceBlock]) -> tuple[str, ...]:
    """The models of the embeddings in these blocks; empty if that is not known."""
    return models_of(
        decode_summary(block.signals[MODEL_SIGNAL])
        for block in blocks
        if MODEL_SIGNAL in block.signals
    )


def mixed_segments(reference: Reference) -> list[str]:
    """The segments whose embeddings are of several models, by key."""
    return sorted(
        key for key, blocks in reference.segments.items() if len(embedding_models(blocks)) > 1
    )


def without_vectors(block: ReferenceBlock) -> ReferenceBlock:
    """The block without embeddings."""
    return ReferenceBlock(
        block.start,
        block.events,
        {
            signal: raw
            for signal, raw in block.signals.items()
            if not isinstance(decode_summary(raw), VectorSum)
        },
    )
