"""YAML text to plain documents, safely: no duplicate keys, bounded depth and size.

Dates stay text, as OpenSLO wants them. Every document keeps its nodes, so that a field's line can
be told.
"""

import math
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from msgspec import Struct
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

LARGEST_FILE: Final = 1_000_000
DEEPEST_NESTING: Final = 50
MOST_NODES: Final = 100_000

_TAG: Final = "tag:yaml.org,2002:"
_MERGE: Final = _TAG + "merge"
_SEGMENT = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
# YAML 1.1 wants a dot in a number with an exponent; people and JSON do not write one.
_EXPONENT = re.compile(r"[+-]?[0-9]+[eE][+-]?[0-9]+")


class DocumentError(ValueError):
    """Text that is no acceptable YAML; ``line`` counts from 1."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class PlainDocument(Struct, frozen=True, kw_only=True):
    """A document as plain values, and the node it came from."""

    value: Any
    node: Node

    def line(self, path: str = "") -> int:
        """The line on which the field at ``path``, or the nearest around it, starts."""
        node = self.node
        for index, name in _SEGMENT.findall(path):
            child = _child(node, index, name)
            if child is None:
                break
            node = child
        return node.start_mark.line + 1


def read_documents(text: str) -> list[PlainDocument]:
    """The documents of a YAML (or JSON) text; a list at the top level is one document an item.

    Raises :class:`DocumentError` when any of it is malformed, repeats a key, nests deeper than 50
    or holds more than 100,000 nodes once its aliases are followed.
    """
    if len(text) > LARGEST_FILE:
        raise DocumentError(f"has {len(text)} characters, at most {LARGEST_FILE} are read")
    if text.lstrip().startswith(("{", "[")):
        # JSON may be indented by tabs, YAML may not.
        text = text.replace("\t", " ")
    try:
        roots = list(_compose(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DocumentError(
            f"not YAML: {error.problem or error.context}"
            + (f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""),
            mark.line + 1 if mark else None,
        ) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise DocumentError(f"not YAML: a character not allowed, line {line}", line) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise DocumentError(f"not YAML: {error}") from None
    builder = _Builder()
    documents = []
    for root in roots:
        if isinstance(root, SequenceNode):
            documents += [PlainDocument(value=builder.plain(n), node=n) for n in root.value]
        else:
            value = builder.plain(root)
            # Nothing but comments between two dividers.
            if value is not None:
                documents.append(PlainDocument(value=value, node=root))
    return documents


class _Loader(yaml.SafeLoader):
    """Composes nodes with a bound on their depth."""

    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise yaml.MarkedYAMLError(
                problem=f"nested deeper than {DEEPEST_NESTING}", problem_mark=self.get_mark()
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _compose(text: str) -> Iterator[Node]:
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                yield node
    finally:
        loader.dispose()


class _Builder:
    """Plain values of nodes; counts them, since aliases can multiply."""

    def __init__(self) -> None:
        self._nodes = 0

    def plain(self, node: Node, depth: int = 0) -> Any:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise _error(node, f"more than {MOST_NODES} values once aliases are followed")
        if depth > DEEPEST_NESTING:
            raise _error(node, f"nested deeper than {DEEPEST_NESTING} once aliases are followed")
        if isinstance(node, ScalarNode):
            return _scalar(node)
        if isinstance(node, SequenceNode) and node.tag == _TAG + "seq":
            return [self.plain(item, depth + 1) for item in node.value]
        if isinstance(node, MappingNode) and node.tag == _TAG + "map":
            return self._mapping(node, depth)
        raise _error(node, f"the tag {node.tag} is not read")

    def _mapping(self, node: MappingNode, depth: int) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise _error(key, "a key must be text")
            name = _text(key)
            if key.tag == _MERGE:
                merged = {**self._merged(value, depth), **merged}
            elif name in own:
                raise _error(key, f"the key {name!r} is given twice")
            else:
                own[name] = self.plain(value, depth + 1)
        return {**merged, **own}

    def _merged(self, node: Node, depth: int) -> dict[str, Any]:
        values = node.value if isinstance(node, SequenceNode) else [node]
        merged: dict[str, Any] = {}
        for value in values:
            plain = self.plain(value, depth + 1)
            if not isinstance(plain, dict):
                raise _error(node, "'<<' must be followed by a mapping")
            merged = {**plain, **merged}
        return merged


def _scalar(node: ScalarNode) -> str | int | float | bool | None:  # noqa: PLR0911
    text = _text(node)
    match node.tag.removeprefix(_TAG):
        case "null":
            return None
        case "bool":
            return text.lower() in {"yes", "true", "on"}
        case "int" if ":" not in text:
            return _number(node, lambda: _integer(text))
        case "float" if ":" not in text:
            return _number(node, lambda: float(text.replace("_", "")))
        case "str" if node.style is None and _EXPONENT.fullmatch(text):
            return _number(node, lambda: float(text))
        case "str" if node.style is None and text in {"y", "Y", "n", "N"}:
            return text in {"y", "Y"}
        case "str" | "timestamp" | "value" | "merge" | "int" | "float":
            return text
    raise _error(node, f"the tag {node.tag} is not read")


def _text(node: ScalarNode) -> str:
    """The scalar's text. JSON escapes a character beyond 16 bits as two surrogates: join them."""
    text: str = node.value
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise _error(node, "half of a surrogate pair is no character") from None


def _integer(text: str) -> int:
    digits = text.replace("_", "")
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    if digits.startswith("0") and digits[1:].isdigit():
        return sign * int(digits, 8)
    return sign * int(digits, 0)


def _number(node: ScalarNode, read: Any) -> int | float:
    try:
        number: int | float = read()
        if math.isfinite(float(number)):
            return number
    except (ValueError, OverflowError):
        pass
    raise _error(node, f"{node.value[:40]!r} is not a finite number")


def _child(node: Node, index: str, name: str) -> Node | None:
    if index and isinstance(node, SequenceNode):
        return node.value[int(index)] if int(index) < len(node.value) else None
    if name and isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == name:
                # A scalar's own line; a block starts on the line after its key.
                return value if isinstance(value, Node) else None
    return None


def _error(node: Node, message: str) -> DocumentError:
    line = node.start_mark.line + 1
    return DocumentError(message, line)
