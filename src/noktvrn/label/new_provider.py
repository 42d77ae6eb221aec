"""A new provider of the person's own, begun from the template that shows the way."""

from __future__ import annotations

import re
from pathlib import Path

from noktvrn import providers
from noktvrn.kernel.errors import Conflict, Invalid, NotAllowed

TEMPLATE = "_template"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


def begin(name: str, home: Path | None = None) -> tuple[Path, tuple[str, ...]]:
    """Copies the template into a folder of this name, among the package's providers, its names filled in.

    Returns the folder and the files in it.

    Raises:
        Invalid: the name is none a provider can have. Conflict: there is one already.
        NotAllowed: the package's folder cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise Invalid(
            f"{name!r} is no name for a provider.",
            code="provider.bad_name",
            hint="Small letters, digits and underscores, beginning with a letter: my_service.",
        )
    package = Path(next(iter(providers.__path__)))
    folder = (home or package) / name
    sources = sorted(path for path in (package / TEMPLATE).iterdir() if path.is_file())
    if folder.exists():
        raise Conflict(f"There is a {folder} already.", code="provider.exists", hint="Choose another name.")
    try:
        folder.mkdir()
        return folder, tuple(_filled(path, folder, name) for path in sources)
    except OSError as error:
        raise NotAllowed(
            f"{folder} cannot be written: {error.strerror}.",
            code="provider.not_writable",
            hint="Work in a checkout of the source: `make run` makes one ready.",
        ) from error


def _filled(source: Path, folder: Path, name: str) -> str:
    text = source.read_text("utf-8").replace(TEMPLATE, name)
    camel = "".join(word.capitalize() for word in name.split("_"))
    for old, new in (("TEMPLATE", name.upper()), ("Template", camel), ("template", name)):
        text = text.replace(old, new)
    (folder / source.name).write_text(text, encoding="utf-8")
    return source.name
