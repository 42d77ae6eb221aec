"""Opens the label for a command, with settings from the environment."""

from __future__ import annotations

import gc
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from noktvrn.kernel.errors import Invalid

if TYPE_CHECKING:
    from noktvrn.label.label import Label
    from noktvrn.settings import Settings


def read_settings() -> Settings:
    """The settings. Raises Invalid that names the variable which cannot be read."""
    from pydantic import ValidationError

    from noktvrn.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "a setting"
        why = first["msg"].removeprefix("Value error, ")
        raise Invalid(
            f"{name} cannot be read: {why[:1].lower()}{why[1:]}.",
            code="settings.invalid",
            hint=".env.example shows every setting with its form.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(
            f".env cannot be read: {error}.",
            code="settings.invalid",
            hint="It is text in UTF-8: one NAME=value a line; .env.example shows them.",
        ) from None


@contextmanager
def the_label() -> Iterator[Label]:
    """The label of this home."""
    _import_the_label()
    from noktvrn.label.label import open_label

    with open_label(read_settings()) as label:
        yield label


@cache
def _import_the_label() -> None:
    """The imports every verb shares. What they leave stays, so no garbage is looked for among it, then or
    later: the collector took a fifth of a command's time."""
    gc.disable()
    try:
        import noktvrn.label.label  # noqa: F401
    finally:
        gc.freeze()
        gc.enable()


def actor() -> str:
    """Who gives the command, for the audit trail."""
    try:
        return f"person:{getpass.getuser()}"
    except (KeyError, OSError):
        return "person:unknown"
