"""Variants as files: the same prompt in other words, `NOKTVRN_HOME/prompts/<task>/<variant>.toml`.

A variant may say `system` and `wish` anew (what a model is told) and name a `manner` (what the embedded
writer is told). It changes nothing else: facts, shape, rubric, limits and the house's own words stay.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, get_args

from pydantic import AfterValidator, Field, ValidationError, model_validator

from noktvrn.kernel.errors import Invalid, NotFound
from noktvrn.llm.prompt import Prompt, prompt
from noktvrn.llm.result import Task
from noktvrn.model.noun import Noun

NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")
LONGEST_FILE = 64 * 1024
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_FENCE = re.compile(r"<\s*/?\s*data\s*>", re.IGNORECASE)


def _plain(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("holds invisible characters")
    if _FENCE.search(text):
        raise ValueError("holds a mark of the fence around data")
    return text


Told = Annotated[str, Field(max_length=8000), AfterValidator(_plain)]


class Wording(Noun):
    """What a variant says. Empty words are those of the house's prompt."""

    system: Told = ""
    wish: Told = ""
    manner: Annotated[str, Field(pattern=r"^[a-z]*(?:-[a-z]+)*$", max_length=40)] = ""

    @model_validator(mode="after")
    def _says_something(self) -> Wording:
        if not (self.system.strip() or self.wish.strip() or self.manner):
            raise ValueError("it says neither system, wish nor manner")
        return self

    def told(self, base: Prompt, name: str) -> Prompt:
        """The prompt in these words."""
        return base.model_copy(
            update={
                "variant": name,
                "system": self.system or base.system,
                "wish": self.wish or base.wish,
                "manner": self.manner,
            }
        )


def task_of(name: str) -> Task:
    """The task of that name. Raises NotFound."""
    found: Task | None = next((task for task in get_args(Task) if task == name), None)
    if found is None:
        raise NotFound(
            f"There is no prompt {name[:40]!r}.",
            code="prompt.not_found",
            hint=f"There are {', '.join(get_args(Task))}.",
        )
    return found


def folder(home: Path, task: Task) -> Path:
    """Where the variants of a prompt lie."""
    return home / "prompts" / task


def names(home: Path, task: Task) -> tuple[str, ...]:
    """The variants that lie there, by name."""
    found = (path.stem for path in folder(home, task).glob("*.toml"))
    return tuple(sorted(name for name in found if NAME.fullmatch(name)))


def read(home: Path, task: Task, name: str) -> Wording:
    """A variant's words.

    Raises:
        NotFound: there is no such file. Invalid: it is no variant.
    """
    path = folder(home, task) / f"{name}.toml"
    if not NAME.fullmatch(name) or not path.is_file():
        raise NotFound(
            f"There is no variant {name[:40]!r} of the prompt {task}.",
            code="prompt.no_variant",
            hint=f"Write {folder(home, task)}/NAME.toml; `noktvrn llm prompts show {task}` shows the words.",
        )
    try:
        return Wording.model_validate(tomllib.loads(_text(path)))
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid(
            f"{path} is no variant of a prompt: {_why(error)}.",
            code="prompt.bad_variant",
            hint="It is TOML in UTF-8 with `system`, `wish` or `manner`.",
        ) from None


def _text(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(LONGEST_FILE + 1)
    if len(raw) > LONGEST_FILE:
        raise ValueError(f"it is longer than {LONGEST_FILE} bytes")
    return raw.decode("utf-8")


def write(home: Path, task: Task, name: str, wording: Wording) -> Path:
    """Writes a new variant's file. Raises Invalid where the name is none or is taken."""
    path = folder(home, task) / f"{name}.toml"
    if not NAME.fullmatch(name) or path.exists():
        raise Invalid(
            f"{name[:40]!r} is no name for a new variant of {task}.",
            code="prompt.bad_name",
            hint="Up to 30 small letters, digits and hyphens, not used before.",
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    said = {key: value for key, value in wording.as_data().items() if value}
    path.write_text("".join(f"{key} = {_quoted(value)}\n" for key, value in said.items()), "utf-8")
    return path


def base_of(task: Task) -> Prompt:
    """The house's own prompt, which every variant is a variant of."""
    return prompt(task)


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or 'file'}: {first['msg']}"[:200]
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)[:200]
