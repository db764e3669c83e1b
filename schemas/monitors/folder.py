"""All documents of a folder, found by kind and name."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from schemas.monitors.decode import Document
from schemas.monitors.duration import OPENSLO_UNITS, parse_window
from schemas.monitors.problems import Problem, ProblemSeverity, did_you_mean
from schemas.monitors.yaml_documents import PlainDocument


class Located:
    """A document, where it was found, and whether it can be used.

    ``document`` is ``None`` when it could not be decoded; ``kind`` and ``name`` are what it says
    of itself, so that references to a broken document are not reported a second time.
    """

    def __init__(self, file: str, plain: PlainDocument) -> None:
        self.file = file
        self.plain = plain
        self.document: Document | None = None
        self.problems: list[Problem] = []
        value = plain.value if isinstance(plain.value, dict) else {}
        metadata = value.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        self.kind = _text(value.get("kind"))
        self.name = _text(name)

    @property
    def usable(self) -> bool:
        """Whether the document is valid so far."""
        return self.document is not None and not any(p.severity == "error" for p in self.problems)

    def error(self, path: str, message: str) -> None:
        """Report what keeps the document from being used."""
        self._report(path, message, "error")

    def warning(self, path: str, message: str) -> None:
        """Report what is valid and has no effect."""
        self._report(path, message, "warning")

    def window(
        self, path: str, text: str, *, shortest: int = 0, units: Mapping[str, int] = OPENSLO_UNITS
    ) -> int | None:
        """Seconds of the duration at ``path``; ``None`` when it is refused, which is reported."""
        try:
            return parse_window(text, shortest=shortest, units=units)
        except ValueError as error:
            self.error(path, str(error))
            return None

    def _report(self, path: str, message: str, severity: ProblemSeverity) -> None:
        problem = Problem(
            file=self.file,
            path=path,
            message=message,
            severity=severity,
            document=" ".join(part for part in (self.kind, self.name) if part),
            line=self.plain.line(path),
        )
        if problem not in self.problems:
            self.problems.append(problem)


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 253 else ""


class Folder:
    """Documents by kind and name."""

    def __init__(self, documents: Sequence[Located]) -> None:
        self.documents = documents
        self._named: dict[str, dict[str, list[Located]]] = defaultdict(lambda: defaultdict(list))
        for located in documents:
            if located.kind and located.name:
                self._named[located.kind][located.name].append(located)

    def named(self, kind: str, name: str) -> Sequence[Located]:
        """All documents of this kind and name."""
        return self._named[kind].get(name, ())

    def missing(self, kind: str, name: str) -> str:
        """A sentence that there is no such document."""
        return f"there is no {kind} {name!r}{did_you_mean(name, self._named[kind])}"

    def referred(self, kind: str, name: str, by: Located, path: str) -> Located | None:
        """The one document that ``by`` refers to at ``path``.

        ``None`` when there is none or more than one, which is reported, or when it is broken,
        which was.
        """
        found = self.named(kind, name)
        if not found:
            by.error(path, self.missing(kind, name))
            return None
        if len(found) > 1:
            places = ", ".join(f"{one.file} line {one.plain.line()}" for one in found)
            by.error(path, f"{kind} {name!r} is defined {len(found)} times ({places}): keep one")
            return None
        return found[0] if found[0].usable else None
