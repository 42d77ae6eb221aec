"""Requests for every task, an author that answers them all, and writers over a fake server."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import SecretStr

from noktvrn.kernel.clock import Clock, FixedClock
from noktvrn.llm.desk import open_desk
from noktvrn.llm.endpoints import Endpoint
from noktvrn.llm.notices import LlmNotice
from noktvrn.llm.prices import Rates
from noktvrn.llm.writer import LlmWriter
from noktvrn.model.artist import Profile
from noktvrn.model.song import SectionPlan, SongPlan
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import load
from noktvrn.roles.writer import (
    CaptionsRequest,
    LyricsRequest,
    ProfileRequest,
    TitlesRequest,
)
from noktvrn.settings import Settings
from noktvrn.storage.database import Database

KEY = "sk-very-secret-0123456789"
RATES = Rates(250, 25, 2000, "test", "1")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TITLES = ["Slow Light on Glass", "Winter Road Home", "The Empty Station", "Nine Lamps Lit", "Paper Harbour"]
PROFILE = {
    "stage_name": "Verrin Oake",
    "biography": "Verrin Oake records the hum of stations at night and keeps every tape. " * 4,
    "backstory": "It began as a timetable that nobody read, then as a voice that read it out. " * 3,
    "style_description": "Slow drums under long chords, close and dry, with room for breath.",
    "themes": ["empty stations", "slow light", "winter roads"],
    "persona": "Speaks seldom, in short lines, and answers letters late but always. " * 3,
    "traits": ["patient", "dry", "kind"],
    "tone": "dry and warm",
    "target_audience": "People who drive at night and like the radio low.",
}
PLAN = SongPlan(
    genre="techno",
    style="techno",
    tempo_bpm=126,
    tonic=2,
    mode="minor",
    sections=(
        SectionPlan(label="intro", bars=8, energy=0.2),
        SectionPlan(label="verse", bars=8, energy=0.5, syllables=(8, 7, 8, 7), rhyme="ABAB"),
        SectionPlan(label="chorus", bars=8, energy=0.9, syllables=(6, 6), rhyme="AA"),
    ),
    seed=5,
)


@cache
def embedded() -> ProceduralWriter:
    return ProceduralWriter(load(Settings(_env_file=None)))


@cache
def an_artist() -> Profile:
    return embedded().profile(profile_request())


def profile_request(seed: int = 1, prompt: str = "A mysterious techno producer") -> ProfileRequest:
    return ProfileRequest(prompt=prompt, seed=seed)


def titles_request(seed: int = 1, count: int = 5) -> TitlesRequest:
    return TitlesRequest(profile=an_artist(), theme="night drives", mood="dark", seed=seed, count=count)


def lyrics_request(seed: int = 1, human_lines: tuple[str, ...] = ()) -> LyricsRequest:
    return LyricsRequest(
        profile=an_artist(),
        plan=PLAN,
        title="Winter Road Home",
        theme="night drives",
        mood="dark",
        seed=seed,
        human_lines=human_lines,
    )


def captions_request() -> CaptionsRequest:
    return CaptionsRequest(
        profile=an_artist(), title="Winter Road Home", theme="night drives", mood="dark", seed=1, film_lines=3
    )


@cache
def other_sections() -> tuple[tuple[str, ...], ...]:
    """Words that fit the plan and are not those of `lyrics_request`: another seed's."""
    return tuple(section.lines for section in embedded().lyrics(lyrics_request(seed=77)).sections)


CAPTIONS = {
    "post": "Winter Road Home is out: a song for the last train and the cold walk after it.",
    "hashtags": ["#WinterRoadHome", "#Techno"],
    "film_lines": ["the last train waits", "snow keeps the time", "a lamp goes out"],
}


def author(body: dict[str, Any]) -> str:
    """A good answer to whatever was asked."""
    wish = body["messages"][-1]["content"].split("<data>")[0]
    if "new artist" in wish:
        return json.dumps(PROFILE)
    if "film_lines" in wish:
        return json.dumps(CAPTIONS)
    if "syllables" in wish:
        return json.dumps({"sections": other_sections()})
    return json.dumps({"titles": TITLES})


def endpoint(base_url: str, name: str = "openai", *, free: bool = False, **more: Any) -> Endpoint:
    thought = {"openai": 0.9, "mistral": 0.6}.get(name, 0.3)
    row: dict[str, Any] = {"rates": RATES, "longest_answer": 8000, "quality": {"other": thought}} | more
    return Endpoint(name, name.title(), base_url, "model-1", "max_tokens", SecretStr(KEY), free, **row)


def writer(
    database: Database,
    *endpoints: Endpoint,
    deadline_s: float = 5.0,
    clock: Clock | None = None,
    tell: Callable[[LlmNotice], None] | None = None,
    **settings: Any,
) -> LlmWriter:
    chosen = Settings(llm_timeout_s=deadline_s, _env_file=None, **settings)
    room = open_desk(chosen, clock or FixedClock(NOW), database, tell=tell, found=endpoints)
    return LlmWriter(room, embedded())
