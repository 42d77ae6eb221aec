"""The argument list of the setting: parted as a shell parts words, its places filled, run by no shell."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from noktvrn.kernel.errors import Invalid

PLACES = ("out", "seed", "duration")
EXAMPLE = "my-composer --seed {seed} --seconds {duration} --out {out}"
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A program and its arguments, with places in braces."""

    words: tuple[str, ...]

    @property
    def program(self) -> str:
        """What is started, as it is written in the setting."""
        return self.words[0]

    def found(self) -> str | None:
        """The program's path, or None where there is none."""
        return shutil.which(self.program)

    def filled(self, values: Mapping[str, str]) -> list[str]:
        """The argument list with every place filled; what is filled in is never parted again."""
        return [_PLACE.sub(lambda found: values[found.group(1)], word) for word in self.words]


def template_of(setting: str) -> Template:
    """The setting's argument list.

    Raises:
        Invalid: its quotes do not close, it has no place `{out}`, or a place nobody knows.
    """
    try:
        words = tuple(shlex.split(setting))
    except ValueError:
        raise _bad("has a quote that does not close") from None
    if not words or _PLACE.search(words[0]):
        raise _bad("does not begin with a program")
    named = {name for word in words for name in _PLACE.findall(word)}
    unknown = sorted(named - set(PLACES))
    if unknown:
        raise _bad(f"has a place nobody fills, {{{unknown[0][:40]}}}")
    if "out" not in named:
        raise _bad("has no place {out} for the file that is to be written")
    return Template(words)


def _bad(what: str) -> Invalid:
    return Invalid(
        f"NOKTVRN_COMPOSER_COMMAND {what}.", code="composer.bad_command", hint=f"For example: {EXAMPLE}"
    )
