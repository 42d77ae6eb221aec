"""The outside services by the shape of their calls: a fake, the settings that point at it, and an order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.unit.release import release_samples

from noktvrn.kernel.clock import Clock, SystemClock
from noktvrn.model.song import SectionPlan, SongPlan
from noktvrn.outbound.jobs.nouns import Delivery, JobOrder
from noktvrn.outbound.jobs.service import Service
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import Role, open_player
from noktvrn.roles.camera import ShotRequest
from noktvrn.roles.composer import CompositionRequest
from noktvrn.roles.errand import Errand
from noktvrn.roles.illustrator import PictureRequest
from noktvrn.roles.stock_library import StockClip
from noktvrn.settings import Settings
from noktvrn.testing.fakes import elevenlabs, leonardo, luma, lyria, openai_images, pexels, pixabay

ARTIST = "art_0000000000001"
PROFILE = release_samples.profile()
SECTIONS = (
    SectionPlan(label="intro", bars=4, energy=0.2),
    SectionPlan(label="verse", bars=8, energy=0.5),
    SectionPlan(label="outro", bars=4, energy=0.3),
)
PLAN = SongPlan(
    genre="dark_electronic",
    style="dark_electronic",
    tempo_bpm=104.0,
    tonic=9,
    mode="minor",
    sections=SECTIONS,
    seed=5,
)
Ask = Callable[[Any, Errand, Path], object]


class Captured(BaseException):
    """Not an error: what a player would order, taken out before it is ordered."""

    def __init__(self, order: JobOrder, service: Service) -> None:
        super().__init__()
        self.order, self.service = order, service


class Capturing:
    """A desk that hands the first order to whoever asked to see it."""

    def done(
        self, order: JobOrder, service: Service, told: Callable[[float], None] | None = None
    ) -> Delivery:
        """Takes it out."""
        raise Captured(order, service)


@dataclass(frozen=True)
class Case:
    """A provider and its fake. `submit`, `look` and `files` are the requests it is asked by, as a script of
    faults names them; `shape` is the shape of its calls."""

    provider: str
    role: Role
    fake: str
    shape: str
    settings: Callable[[str], Mapping[str, Any]]
    ask: Ask
    submit: str
    look: str = ""
    files: str = ""


def order_of(
    case: Case, settings: Settings, attempt: int, folder: Path, clock: Clock | None = None
) -> tuple[JobOrder, Service]:
    """What the provider's player orders for this attempt, and the service it orders it from."""
    kit = Kit(clock or SystemClock(), folder, jobs=Capturing())
    player = open_player(case.role, case.provider, settings, kit)
    errand = Errand(artist_id=ARTIST, run_id="run_0000000000001", stage="work", attempt=attempt)
    try:
        case.ask(player, errand, folder)
    except Captured as taken:
        return taken.order, taken.service
    raise AssertionError(f"{case.provider} ordered nothing")


def compose(player: Any, errand: Errand, folder: Path) -> object:
    """A short instrumental."""
    return player.compose(
        CompositionRequest(
            plan=PLAN,
            identity=PROFILE.sound,
            lyrics=None,
            title=f"Take {errand.attempt}",
            prompt="slow synthesizers",
            seed=errand.attempt,
            folder=folder,
            errand=errand,
        )
    )


def paint(player: Any, errand: Errand, folder: Path) -> object:
    """A cover."""
    return player.paint(
        PictureRequest(
            kind="cover",
            look=PROFILE.look,
            artist_name="Verrin Oake",
            title=f"Take {errand.attempt}",
            seed=errand.attempt,
            folder=folder,
            errand=errand,
        )
    )


def shoot(player: Any, errand: Errand, folder: Path) -> object:
    """A shot."""
    return player.shoot(
        ShotRequest(
            prompt=f"waves, take {errand.attempt}",
            look=PROFILE.look,
            duration_s=5,
            width=1280,
            height=720,
            seed=errand.attempt,
            folder=folder,
            errand=errand,
        )
    )


def fetch(player: Any, errand: Errand, folder: Path) -> object:
    """A clip of a library."""
    clip = StockClip(library=player.name, key="1", width=1920, height=1080, duration_s=5.0)
    return player.fetch(clip, errand, folder)


CASES = (
    Case(
        "elevenlabs_music",
        "composer",
        "elevenlabs",
        "one answer, bytes",
        lambda origin: {"elevenlabs_api_key": elevenlabs.KEY, "elevenlabs_base_url": origin},
        compose,
        submit="POST /v1/music",
    ),
    Case(
        "lyria",
        "composer",
        "lyria",
        "one answer, JSON",
        lambda origin: {"gemini_api_key": lyria.KEY, "lyria_base_url": origin},
        compose,
        submit="POST *",
    ),
    Case(
        "suno_gateway",
        "composer",
        "suno",
        "callback",
        lambda origin: {"suno_api_key": "fake-suno-key", "suno_base_url": origin},
        compose,
        submit="POST /api/v1/generate",
        look="GET /api/v1",
        files="GET /files",
    ),
    Case(
        "acestep",
        "composer",
        "acestep",
        "submit and poll, free",
        lambda origin: {"acestep_url": origin},
        compose,
        submit="POST /release_task",
        look="POST /query_result",
        files="GET /v1/audio",
    ),
    Case(
        "luma",
        "camera",
        "luma",
        "submit and poll",
        lambda origin: {"luma_api_key": luma.KEY, "luma_base_url": f"{origin}/v1"},
        shoot,
        submit="POST /v1/generations",
        look="GET /v1/generations",
        files="GET /files",
    ),
    Case(
        "leonardo",
        "illustrator",
        "leonardo",
        "submit and poll, found again",
        lambda origin: {"leonardo_api_key": leonardo.KEY, "leonardo_base_url": origin},
        paint,
        submit="POST /v1/generations",
        look="GET /v1/generations",
        files="GET /cdn",
    ),
    Case(
        "openai_images",
        "illustrator",
        "openai_images",
        "one answer, JSON",
        lambda origin: {"openai_api_key": openai_images.KEY, "openai_base_url": f"{origin}/v1"},
        paint,
        submit="POST /v1/images",
    ),
    Case(
        "pexels",
        "stock_library",
        "pexels",
        "search and download",
        lambda origin: {"pexels_key": pexels.KEY, "pexels_base_url": f"{origin}/v1"},
        fetch,
        submit="GET /v1",
        files="GET /files",
    ),
    Case(
        "pixabay",
        "stock_library",
        "pixabay",
        "search and download",
        lambda origin: {"pixabay_key": pixabay.KEY, "pixabay_base_url": f"{origin}/api"},
        fetch,
        submit="GET /api",
        files="GET /files",
    ),
)
