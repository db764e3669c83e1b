"""The texts of OpenSLO documents: names, labels, annotations, durations."""

from typing import Annotated

from msgspec import Meta

# `$` would let a newline follow; "no character follows" means the same in every regex dialect.
_END = r"(?![\s\S])"

DnsLabel = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=63,
        pattern=rf"^[a-z0-9]([-a-z0-9]*[a-z0-9])?{_END}",
        description="RFC 1123 label: lower-case letters, digits and '-', at most 63 characters.",
    ),
]
LabelOrNothing = Annotated[
    str, Meta(max_length=63, pattern=rf"^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?{_END}")
]
LabelKey = Annotated[str, Meta(pattern=rf"^[a-zA-Z0-9]([-._a-zA-Z0-9]{{0,61}}[a-zA-Z0-9])?{_END}")]
AnnotationKey = Annotated[
    str,
    Meta(
        pattern=r"^(?=([^/]{0,253}/)?[^/]{0,63}"
        + _END
        + r")([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*/)?"
        + r"[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?"
        + _END
    ),
]
Text = Annotated[str, Meta(min_length=1)]
Description = Annotated[str, Meta(max_length=1050)]
Duration = Annotated[
    str, Meta(description="A whole number followed by m, h, d, w, M, Q or Y, as in 5m or 4w.")
]
