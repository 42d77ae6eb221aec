"""The house's own judgement over a profile. It cannot be switched off, whoever wrote the profile."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from noktvrn.artist.stage_name import name_findings, named_artist
from noktvrn.kernel.errors import Invalid
from noktvrn.model.artist import Profile
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.reference import Reference, load
from noktvrn.settings import Settings
from noktvrn.words.disclosure import discloses

_LENGTHS = {
    "biography": (160, 3000),
    "backstory": (80, 3000),
    "style_description": (20, 1200),
    "target_audience": (20, 800),
    "visual_identity_prompt": (20, 2000),
    "song_prompt_generator": (20, 2000),
    "video_prompt_generator": (20, 2000),
}
_DISCLOSED = re.compile(
    r"\bAI[- ](?:persona|artist|act|project|character|generated)"
    r"|\bvirtual (?:\S+ ){0,4}(?:artist|act|band|persona|singer)"
    r"|\bartificial (?:artist|persona)|\b(?:is|are) (?:virtual|generated|artificial)\b",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"[{}\[\]<>]|\bTODO\b|\bTBD\b|lorem ipsum|\binsert \w+ here\b", re.IGNORECASE)
_FAKE = re.compile(
    r"stream (?:it |this )?on repeat|like for like|follow (?:for|4) follow|f4f|l4l"
    r"|buy (?:streams|followers|views)|leave it (?:playing|on loop)|loop it overnight|sub ?4 ?sub",
    re.IGNORECASE,
)
_HASHTAG = re.compile(r"#\w{2,60}")
SAME_PERSONA = 0.8
"""The share of its word runs in another persona from which on a persona is the same one."""


@dataclass(frozen=True, slots=True)
class Case:
    """A profile before the validator, with what it is compared with."""

    profile: Profile
    taken_names: Collection[str]
    biographies: Collection[str]
    reference: Reference
    personas: Collection[str] = ()


def examine(
    profile: Profile,
    *,
    taken_names: Collection[str],
    biographies: Collection[str] = (),
    personas: Collection[str] = (),
    reference: Reference | None = None,
) -> Report:
    """Examines a profile by every rule of the house.

    `taken_names` are the stage names of the roster, `biographies` and `personas` the roster's biographies and
    personas (near-duplicates are refused), `reference` the tables in use (default: those the settings name).
    """
    tables = reference or load(Settings())
    case = Case(profile, taken_names, biographies, tables, personas)
    findings = tuple(finding for rule in _RULES for finding in rule(case))
    return Report(subject=profile.stage_name, checked=len(_RULES), findings=findings)


def _name(case: Case) -> Iterator[Finding]:
    yield from name_findings(case.profile.stage_name, case.taken_names, case.reference)


def _genre(case: Case) -> Iterator[Finding]:
    if case.profile.genre not in case.reference.genres:
        yield _error(
            "genre", f"genre {case.profile.genre!r} is not in the genre table", "an id of the genre table"
        )


def _tempo(case: Case) -> Iterator[Finding]:
    genre = case.reference.genres.get(case.profile.genre)
    tempo = case.profile.tempo
    if genre and not genre.tempo[0] <= tempo.low <= tempo.high <= genre.tempo[1]:
        low, high = genre.tempo
        yield _error(
            "tempo", f"tempo {tempo.low}-{tempo.high} BPM leaves {genre.name}", f"within {low}-{high} BPM"
        )


def _style(case: Case) -> Iterator[Finding]:
    genre = case.reference.genres.get(case.profile.genre)
    if genre and case.profile.sound.style != genre.style:
        yield _error(
            "sound", f"the sound is {case.profile.sound.style}, not the genre's", f"style {genre.style}"
        )


def _known_parts(case: Case) -> Iterator[Finding]:
    """What a file may name that nobody could paint or play."""
    from noktvrn.picture.motifs import MOTIFS
    from noktvrn.picture.type.faces import faces

    look, sound = case.profile.look, case.profile.sound
    if look.motif not in MOTIFS:
        yield _error("look.motif", f"the motif {look.motif!r} is unknown", f"one of {', '.join(MOTIFS)}")
    for name in (look.display_face, look.text_face):
        if name not in faces():
            yield _error("look.face", f"the face {name!r} is unknown", f"one of {', '.join(faces())}")
    if odd := next((numeral for numeral in " ".join(sound.progressions).split() if not _reads(numeral)), ""):
        yield _error("sound.progressions", f"{odd!r} is no chord", "roman numerals such as i, bVII, Imaj7")
    if odd := next((cell for cell in sound.rhythm_cells if set(cell) - set("x-")), ""):
        yield _error("sound.rhythm_cells", f"{odd[:40]!r} is no rhythm", "x and - for each 16th")


def _reads(numeral: str) -> bool:
    from noktvrn.sound.theory import chord

    try:
        chord(numeral, 0, "minor")
    except Invalid:
        return False
    return True


def _identity(case: Case) -> Iterator[Finding]:
    """The model checks this at birth; a copied profile may have slipped past it."""
    profile = case.profile
    anchor = profile.anchor
    axes = profile.style.as_data()
    for axis, value in axes.items():
        if abs(value - getattr(anchor.style, axis)) > getattr(anchor.radius, axis) + 1e-9:
            yield _error("identity", f"axis {axis} left the identity", "the axis inside its radius")
    if unknown := [axis for axis in anchor.signature if axis not in axes]:
        yield _error(
            "signature", f"signature axis {unknown[0]!r} does not exist", f"one of {', '.join(axes)}"
        )
    if not anchor.signature:
        yield _error("signature", "the identity has no signature axis", "at least one axis that hardly moves")


def _lengths(case: Case) -> Iterator[Finding]:
    for field, (low, high) in _LENGTHS.items():
        size = len(getattr(case.profile, field))
        if not low <= size <= high:
            yield _error(f"length.{field}", f"{field} has {size} characters", f"{low} to {high} characters")


def _disclosure(case: Case) -> Iterator[Finding]:
    for field, text in (
        ("biography", case.profile.biography),
        ("persona", case.profile.persona.description),
    ):
        if not tells_virtual(text):
            yield _error(
                f"disclosure.{field}", f"the {field} does not say that the artist is virtual", "say so"
            )


def _placeholders(case: Case) -> Iterator[Finding]:
    for field, text in _texts(case.profile):
        if found := _PLACEHOLDER.search(text):
            yield _error(f"placeholder.{field}", f"{field} holds {found.group(0)!r}", "finished text")


def _living_artists(case: Case) -> Iterator[Finding]:
    for field, text in _texts(case.profile):
        if name := named_artist(text.replace(case.profile.stage_name, "")):
            yield _error(f"imitation.{field}", f"{field} names {name}", "movements and eras, never artists")


def _decency(case: Case) -> Iterator[Finding]:
    from noktvrn.words.lexicon import advisory

    for field, text in (("stage_name", case.profile.stage_name), *_texts(case.profile)):
        if refusal := advisory(text).refusal:
            yield _error(f"refused.{field}", f"{field} contains {refusal}", "other words")


def _duplicates(case: Case) -> Iterator[Finding]:
    from noktvrn.words.similarity import near_duplicate

    if any(near_duplicate(case.profile.biography, other) for other in case.biographies):
        yield _error("duplicate", "the biography repeats that of another artist", "a biography of its own")
    told = case.profile.persona.description
    if any(near_duplicate(told, other, SAME_PERSONA) for other in case.personas):
        yield _error("duplicate.persona", "the persona is another artist's", "a persona of its own")


def _engagement(case: Case) -> Iterator[Finding]:
    persona = case.profile.persona
    for line in persona.call_to_action:
        if found := is_begging(line):
            yield _error("fake_engagement", f"a call to action asks for {found!r}", "an honest invitation")
    for tag in persona.hashtags:
        if not is_hashtag(tag):
            yield _error("hashtag", f"{tag!r} is not a hashtag", "# and letters or digits")


def tells_virtual(text: str) -> bool:
    """Whether a text says that its artist is no person."""
    return discloses(text) or bool(_DISCLOSED.search(text))


def is_begging(call: str) -> str:
    """The words of a call to action that ask for fake engagement; empty where none do."""
    found = _FAKE.search(call)
    return found.group(0) if found else ""


def is_hashtag(tag: str) -> bool:
    """Whether platforms take it as a hashtag."""
    return bool(_HASHTAG.fullmatch(tag))


def _texts(profile: Profile) -> Iterator[tuple[str, str]]:
    for field in _LENGTHS:
        yield field, getattr(profile, field)
    yield "persona", profile.persona.description
    yield "statement", profile.anchor.statement
    yield "influences", "; ".join(profile.influences)
    yield "themes", "; ".join(profile.themes)


def _error(rule: str, what: str, wanted: str) -> Finding:
    return Finding(
        rule=f"artist.{rule}",
        severity=Severity.ERROR,
        message=what[0].upper() + what[1:] + ".",
        hint=f"Wanted: {wanted}.",
    )


_RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    _name,
    _genre,
    _tempo,
    _style,
    _known_parts,
    _identity,
    _lengths,
    _disclosure,
    _placeholders,
    _living_artists,
    _decency,
    _duplicates,
    _engagement,
)
