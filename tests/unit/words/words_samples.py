"""Plans, an artist and songs the tests of words work with."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from noktvrn.kernel.seeds import dice
from noktvrn.model.artist import IdentityAnchor, Persona, Profile, StyleAxes, TempoRange, Voice
from noktvrn.model.look import VisualIdentity
from noktvrn.model.song import SectionLabel, SectionPlan, SongPlan
from noktvrn.model.sound import SoundIdentity
from noktvrn.roles.writer import LyricsRequest

THEMES = [
    "night drives",
    "unsent letters",
    "rituals",
    "orbits",
    "learning machines",
    "rising",
    "glitter",
    "salt on skin",
    "long winters",
    "dust",
    "open roads",
    "childhood rooms",
    "second chances",
    "falling slowly",
    "a theme nobody wrote down",
]
MOODS = [
    "dark",
    "melancholic",
    "warm",
    "calm",
    "aggressive",
    "euphoric",
    "romantic",
    "epic",
    "hopeful",
    "odd",
]
SHAPES = (
    (4, "ABAB"),
    (4, "AABB"),
    (4, "XAXA"),
    (8, "ABABCDCD"),
    (6, "AABCCB"),
    (2, "AA"),
    (3, "AAA"),
    (4, ""),
)


def section(label: SectionLabel, syllables: tuple[int, ...] = (), rhyme: str = "") -> SectionPlan:
    return SectionPlan(label=label, bars=8, energy=0.5, syllables=syllables, rhyme=rhyme)


def song_plan(*sections: SectionPlan, seed: int = 1) -> SongPlan:
    whole = (section("intro"), *sections)
    return SongPlan(genre="pop", style="pop", tempo_bpm=100, tonic=0, mode="minor", sections=whole, seed=seed)


def full_plan(seed: int) -> SongPlan:
    """A song as the planner makes them: verses, refrains that come back, a bridge, an outro."""
    luck = dice(seed, "test plan")
    verse, chorus, bridge = (_stanza(luck.choice(SHAPES), luck.randint(5, 11), seed) for _ in range(3))
    short = _stanza((2, "AA"), luck.randint(5, 9), seed)
    refrain = (section("prechorus", *short), section("chorus", *chorus))
    return song_plan(
        section("verse", *verse),
        *refrain,
        section("verse", *verse),
        *refrain,
        section("bridge", *bridge),
        refrain[1],
        section("outro", *short),
        seed=seed,
    )


def _stanza(shape: tuple[int, str], syllables: int, seed: int) -> tuple[tuple[int, ...], str]:
    lines, rhyme = shape
    return tuple(syllables - (n + seed) % 2 for n in range(lines)), rhyme


@st.composite
def plans(draw: st.DrawFn) -> SongPlan:
    """Any plan a planner may come to: every label, 1 to 18 syllables, letters or none."""
    labels: tuple[SectionLabel, ...] = (
        "verse",
        "prechorus",
        "chorus",
        "bridge",
        "drop",
        "breakdown",
        "outro",
    )
    sections = []
    for _ in range(draw(st.integers(1, 6))):
        lines, rhyme = draw(st.sampled_from(SHAPES))
        syllables = tuple(draw(st.lists(st.integers(1, 18), min_size=lines, max_size=lines)))
        sections.append(section(draw(st.sampled_from(labels)), syllables, rhyme))
    return song_plan(*sections, seed=draw(st.integers(0, 2**31)))


@cache
def profile(posting_style: str = "mysterious") -> Profile:
    return Profile(
        stage_name="Halden Moor",
        genre="techno",
        subgenres=("dub techno",),
        moods=("dark",),
        tempo=TempoRange(low=122, high=132),
        themes=("distance",),
        instrumentation=("drum machine",),
        style_description="Long rooms and short echoes.",
        biography="An AI persona who counts trains.",
        backstory="Began as a timetable.",
        voice=Voice(type="baritone", delivery="spoken"),
        persona=Persona.model_validate(
            {
                "description": "Patient.",
                "traits": ("patient",),
                "posting_style": posting_style,
                "engagement": "passive",
                "tone": "dry",
                "call_to_action": ("Listen after dark.",),
                "hashtags": ("night trains", "#dubtechno"),
            }
        ),
        target_audience="Night drivers.",
        visual_identity_prompt="Concrete.",
        song_prompt_generator="dub techno",
        video_prompt_generator="concrete, rain",
        style=StyleAxes(),
        anchor=IdentityAnchor(
            style=StyleAxes(), radius=StyleAxes(), signature=("space",), statement="It never hurries."
        ),
        sound=SoundIdentity(seed=3, style="techno"),
        look=VisualIdentity(
            seed=3,
            hue=200.0,
            ramp=("#0a0d10", "#1b2a33", "#3b5a66", "#7fa3ad", "#d6e6ea"),
            paper="#f2f2ee",
            ink="#0a0d10",
            accent="#d98b4a",
            motif="print",
            display_face="display",
            text_face="text",
            tracking=0.1,
            grain=0.02,
            light_angle=30.0,
            glyph="H",
        ),
    )


def lyrics_request(plan: SongPlan, seed: int = 1, human_lines: tuple[str, ...] = ()) -> LyricsRequest:
    return LyricsRequest(
        profile=profile(),
        plan=plan,
        title="Neon Rain",
        theme=THEMES[seed % len(THEMES)],
        mood=MOODS[seed % len(MOODS)],
        seed=seed,
        human_lines=human_lines,
    )
