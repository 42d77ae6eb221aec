"""A whole lyric for a plan: what each section says, what comes back, and where a person's lines stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.seeds import dice
from noktvrn.model.song import LyricSection, SectionPlan, SongPlan
from noktvrn.words.bank import vocabulary
from noktvrn.words.drafts import Drafts
from noktvrn.words.manners import Manner, Roles, manner
from noktvrn.words.palette import Palette
from noktvrn.words.stanza import Memory, Shape, write
from noktvrn.words.tongue import Tongue, tongue

VERSES: tuple[Roles, ...] = (
    (
        ("scene", "scene", "self", "self"),
        ("scene", "self", "scene", "self"),
        ("scene", "scene", "scene", "self"),
    ),
    (("self", "scene", "you", "you"), ("you", "scene", "you", "self"), ("you", "you", "self", "self")),
    (("scene", "you", "self", "turn"), ("self", "you", "scene", "turn")),
)
"""The first verse shows the place and who stands in it, the second brings the other, the third turns."""

SECTION_ROLES: dict[str, Roles] = {
    "intro": (("scene", "scene", "self", "scene"),),
    "prechorus": (("self", "turn", "self", "turn"), ("scene", "self"), ("turn", "self"), ("self", "scene")),
    "chorus": (("hook", "vow", "vow", "vow"), ("hook", "vow", "hook", "vow")),
    "drop": (("hook", "vow", "vow", "vow"),),
    "bridge": (
        ("turn", "you", "turn", "turn"),
        ("turn", "turn", "self", "turn"),
        ("you", "turn", "self", "turn"),
    ),
    "breakdown": (("turn", "self", "scene", "turn"),),
    "interlude": (("scene", "turn", "scene", "self"),),
    "outro": (("hook", "scene", "vow", "scene"), ("scene", "hook", "scene", "vow")),
}
RETURNING = frozenset({"prechorus", "chorus", "drop"})


@dataclass(slots=True)
class _Draft:
    """The song while it is written."""

    drafts: Drafts
    seed: int
    patterns: tuple[Roles, ...] = VERSES
    memory: Memory = field(default_factory=Memory)
    verses: int = 0
    refrains: dict[str, list[tuple[SectionPlan, tuple[str, ...]]]] = field(default_factory=dict)


def compose(
    plan: SongPlan,
    palette: Palette,
    title: str,
    seed: int,
    human_lines: Sequence[str] = (),
    avoid: Sequence[str] = (),
    way: Manner | None = None,
) -> tuple[LyricSection, ...]:
    """The sections of `plan` that have lines, in order; `human_lines` stand verbatim and in order.

    Entries of the bank that stand in a line of `avoid` count as used before; `way` is the manner.

    Raises:
        Invalid: the plan has fewer lines than the person wrote.
    """
    given = place_lines(plan, human_lines, palette.language)
    way = way or manner("")
    song = _Draft(_drafts(palette, title, way), seed, way.verses or VERSES)
    song.memory.sources.update(palette.sources(avoid))
    sections: list[LyricSection] = []
    for index, section in enumerate(plan.sections):
        if section.syllables:
            lines = _section(song, section, index, given.get(index, {}))
            sections.append(LyricSection(label=section.label, lines=lines))
    return tuple(sections)


@lru_cache(maxsize=2)
def _drafts(palette: Palette, title: str, way: Manner) -> Drafts:
    """The lines of a palette, kept for a second draft of the same song."""
    return Drafts(palette, sung_title(title, palette.language), way.forms)


def place_lines(
    plan: SongPlan, human_lines: Sequence[str], language: str = "en"
) -> dict[int, dict[int, str]]:
    """Section -> line -> a person's line: in order, verses before refrains, near the planned length.

    Raises:
        Invalid: there are more lines than places.
    """
    slots = [(s, n) for s, section in enumerate(plan.sections) for n in range(len(section.syllables))]
    own = [slot for slot in slots if plan.sections[slot[0]].label not in RETURNING]
    room = own if len(own) >= len(human_lines) else slots
    if len(room) < len(human_lines):
        raise Invalid(
            f"The plan has {len(room)} lines, the person wrote {len(human_lines)}.",
            code="lyrics.too_many_lines",
            hint=f"Give at most {len(room)} lines, or a longer song.",
        )
    rules = tongue(language)
    placed: dict[int, dict[int, str]] = {}
    for left, line in zip(range(len(human_lines), 0, -1), human_lines, strict=True):
        reach = room[: len(room) - left + 1]
        slot = next((s for s in reach if _near(plan, s, line, rules)), reach[0])
        placed.setdefault(slot[0], {})[slot[1]] = line
        room = room[room.index(slot) + 1 :]
    return placed


def sung_title(title: str, language: str = "en") -> str:
    """The title as a line begins: first letter large, words of the banks small, names left alone."""
    head, *rest = title.split() or [""]
    return " ".join(
        [head[:1].upper() + head[1:], *(word.lower() if _common(word, language) else word for word in rest)]
    )


def _common(word: str, language: str) -> bool:
    folded = word.casefold().replace("’", "'")
    return folded in vocabulary(language) and folded.partition("'")[0] != "i"


def _near(plan: SongPlan, slot: tuple[int, int], line: str, rules: Tongue) -> bool:
    return abs(plan.sections[slot[0]].syllables[slot[1]] - rules.count(line)) <= 1


def _section(song: _Draft, section: SectionPlan, index: int, given: dict[int, str]) -> tuple[str, ...]:
    if section.label in RETURNING and not given:
        return _refrain(song, section, index)
    lines = write(_shape(song, section, given), song.drafts, song.memory, dice(song.seed, "section", index))
    song.verses += section.label == "verse"
    return lines


def _refrain(song: _Draft, section: SectionPlan, index: int) -> tuple[str, ...]:
    """The same words again where the plan is the same; another shape opens with what still fits."""
    sung = song.refrains.setdefault(section.label, [])
    for before, lines in sung:
        if (before.syllables, before.rhyme) == (section.syllables, section.rhyme):
            return lines
    opening: dict[int, str] = {}
    if sung:
        before, lines = sung[0]
        opening = {n: line for n, line in enumerate(lines) if _same_place(before, section, n)}
    memory = Memory() if sung else song.memory
    written = write(_shape(song, section, opening), song.drafts, memory, dice(song.seed, "section", index))
    sung.append((section, written))
    return written


def _same_place(before: SectionPlan, now: SectionPlan, line: int) -> bool:
    whole = slice(0, line + 1)
    return before.syllables[whole] == now.syllables[whole] and before.rhyme[whole] == now.rhyme[whole]


def _shape(song: _Draft, section: SectionPlan, given: dict[int, str]) -> Shape:
    lines = len(section.syllables)
    verse = section.label == "verse"
    patterns = song.patterns[song.verses % len(song.patterns)] if verse else SECTION_ROLES[section.label]
    pattern = dice(song.seed, "roles", section.label, song.verses if verse else 0).choice(patterns)
    roles = [pattern[n % len(pattern)] for n in range(lines)]
    for n, role in enumerate(roles):
        if role == "hook" and not song.drafts.has_hook(section.syllables[n]):
            roles[n] = "vow"
    return Shape(section.syllables, section.rhyme, tuple(roles), given)
