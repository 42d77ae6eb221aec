"""An artist as a file: JSON or YAML read with limits, and written so that it reads back the same.

YAML is read by its core types only (a `no` stays a word, a date stays text), without anchors, aliases, tags
and merge keys: a file of a few hundred bytes must not grow into gigabytes, nor into anything but plain data.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from noktvrn.kernel.errors import Invalid
from noktvrn.model.artist import Artist

FORMAT = "artist/1"
MAX_BYTES = 262_144
DEEPEST = 12
MOST_NODES = 5_000
_HINT = "`noktvrn artist export ARTIST` shows a whole one; docs/artists.md a short one."


def read_document(raw: bytes) -> dict[str, Any]:
    """The plain data of a JSON or YAML file.

    Raises:
        Invalid: no UTF-8, too large, too deep, no JSON or YAML, or not one mapping of fields.
    """
    if len(raw) > MAX_BYTES:
        raise _bad(f"has over {MAX_BYTES:,} bytes", "A profile is a few pages of text.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad(f"is no UTF-8 text (byte {error.start})", "Save it as UTF-8.") from None
    try:
        data = _json(text) if text.lstrip()[:1] == "{" else yaml.load(text, _Loader)  # noqa: S506
    except _Unfit as unfit:
        raise _bad(str(unfit), "Write every value out where it belongs, once.") from None
    except (ValueError, yaml.YAMLError) as error:
        raise _bad(f"cannot be read: {_first_line(error)}", _HINT) from None
    except RecursionError:
        raise _bad(f"is nested deeper than {DEEPEST}", _HINT) from None
    if not isinstance(data, dict) or not data:
        raise _bad("holds no fields", _HINT)
    _measure(data)
    return data


def document(artist: Artist) -> dict[str, Any]:
    """What an export holds: who the artist is, and nothing of this house (no files, paths, books or keys)."""
    return {
        "noktvrn": FORMAT,
        "id": artist.id,
        "version": artist.version,
        "prompt": artist.prompt,
        "seed": artist.seed,
        "profile": artist.profile.as_data(),
    }


def spelt(data: dict[str, Any], form: str) -> str:
    """The data as `json` or `yaml` text."""
    if form == "json":
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Unfit(Exception):
    """What no file of ours holds."""


def _json(text: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({key for key, _ in pairs}) < len(pairs):
            raise _Unfit("says a field twice")
        return dict(pairs)

    def refuse(word: str) -> Any:
        raise _Unfit(f"holds {word}, which is no number")

    return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)


class _Loader(yaml.SafeLoader):
    """Plain mappings, lists, texts, numbers, booleans and nothing; counted while they are read."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0
        self._nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise _Unfit("uses an alias (*name)")
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "anchor", None):
            raise _Unfit("uses an anchor (&name)")
        if (tag := getattr(event, "tag", None)) and tag != "!":
            raise _Unfit("uses a tag (!name)")
        self._nodes += 1
        self._depth += 1
        if self._depth > DEEPEST or self._nodes > MOST_NODES:
            raise _Unfit(f"is nested deeper than {DEEPEST}, or holds over {MOST_NODES:,} values")
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        if len(set(map(str, keys))) < len(keys):
            raise _Unfit("says a field twice")
        return super().construct_mapping(node, deep=deep)


class _Dumper(yaml.SafeDumper):
    """Writes what `_Loader` reads back as the same data, without aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_CORE = (
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+",
        "-+0123456789.",
    ),
)
_Loader.yaml_implicit_resolvers = {}
for _tag, _form, _first in _CORE:
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_form})$"), list(_first))


def _measure(data: Any) -> None:
    """Raises Invalid where plain data is too deep or too much, whatever it was read from."""
    waiting, nodes = [(data, 1)], 0
    while waiting:
        value, depth = waiting.pop()
        nodes += 1
        if depth > DEEPEST or nodes > MOST_NODES:
            raise _bad(f"is nested deeper than {DEEPEST}, or holds over {MOST_NODES:,} values", _HINT)
        if isinstance(value, dict):
            if not all(isinstance(key, str) for key in value):
                raise _bad("has a field whose name is no text", _HINT)
            waiting += [(one, depth + 1) for one in value.values()]
        elif isinstance(value, list):
            waiting += [(one, depth + 1) for one in value]


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"{what} (line {mark.line + 1})" if mark else str(what)[:200]


def _bad(what: str, hint: str) -> Invalid:
    return Invalid(f"The profile {what}.", code="artist.bad_document", hint=hint)
