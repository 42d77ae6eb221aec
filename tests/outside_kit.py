"""For tests of players that order outside: a kit with a real desk on a ledger of its own, and wishes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.clock import FixedClock
from noktvrn.model.song import Lyrics, LyricSection, SectionPlan, SongPlan
from noktvrn.model.sound import MelodyNote, SoundIdentity
from noktvrn.outbound.door import Door
from noktvrn.outbound.jobs.desk import JobDesk
from noktvrn.providers._kit import Kit
from noktvrn.roles.composer import CompositionRequest
from noktvrn.roles.errand import Errand
from noktvrn.roles.singer import SingingRequest, SungLine, SungSyllable
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.ledger import jobs
from noktvrn.storage.ledger.jobs import Job
from noktvrn.storage.vault import Vault

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Rows:
    """What the ledger holds of the jobs of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def one(self, key: str) -> Job:
        """The job of this key."""
        with self._database.read() as books:
            found = jobs.by_key(books, key)
        assert found is not None
        return found


@contextmanager
def opened(settings: Settings, patience_s: float = 0.0) -> Iterator[tuple[Kit, Rows]]:
    """The kit, and a look into its ledger. Nobody waits by its clock: minutes pass at once."""
    database = Database(settings)
    migrate.upgrade(database)
    clock = FixedClock(NOW)
    desk = JobDesk(
        database,
        clock,
        Vault(settings.home / "vault"),
        settings.home / "spool",
        Door(lambda: find_ffmpeg(None)),
        settings,
        pause=lambda seconds: clock.advance(timedelta(seconds=seconds)),
        patience_s=patience_s,
    )
    scratch = settings.home / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        yield Kit(clock=clock, scratch=scratch, jobs=desk), Rows(database)
    finally:
        desk.close()
        database.close()


def home(tmp_path: Path) -> Path:
    """A folder for a house."""
    path = tmp_path / "house"
    path.mkdir(exist_ok=True)
    return path


def song(folder: Path, *, attempt: int = 0, **more: Any) -> CompositionRequest:
    """A short song with words: 20 seconds of plan and a second of tail."""
    told: dict[str, Any] = {
        "plan": PLAN,
        "identity": SoundIdentity(seed=3, style="synthwave", brightness=0.5),
        "lyrics": LYRICS,
        "title": "Night Bus",
        "prompt": "Glassy arpeggios, tape hiss; distant choirs.",
        "seed": 5,
        "folder": folder,
        "errand": Errand(artist_id="art_1", run_id="run_1", stage="track", attempt=attempt),
    }
    return CompositionRequest(**{**told, **more})


PLAN = SongPlan(
    genre="synthwave",
    style="synthwave",
    tempo_bpm=96,
    tonic=9,
    mode="minor",
    seed=1,
    tail_s=1.0,
    sections=(
        SectionPlan(label="intro", bars=2, energy=0.3),
        SectionPlan(label="verse", bars=4, energy=0.5, syllables=(7, 7)),
        SectionPlan(label="chorus", bars=2, energy=0.9, syllables=(5,)),
    ),
)
LYRICS = Lyrics(
    title="Night Bus",
    hook="We ride the night bus",
    sections=(
        LyricSection(label="verse", lines=("Hold me under silver rain", "All the lights are going out")),
        LyricSection(label="chorus", lines=("We ride the night bus",)),
    ),
)


def lines(folder: Path, *texts: str, gap_s: float = 3.0, note_s: float = 0.3, **more: Any) -> SingingRequest:
    """Lines a gap apart, a note for every word of each; half a second before the first."""
    written = texts or ("Hold me under silver rain", "All the lights are going out")
    told: dict[str, Any] = {
        "lines": tuple(_line(text, 0.5 + gap_s * place, note_s, place) for place, text in enumerate(written)),
        "language": "en",
        "identity": SoundIdentity(seed=3, style="synthwave"),
        "voice": "smoky alto, low",
        "duration_s": 0.5 + gap_s * len(written),
        "seed": 7,
        "folder": folder,
        "errand": Errand(artist_id="art_1", run_id="run_1", stage="voice"),
    }
    return SingingRequest(**{**told, **more})


def _line(text: str, start_s: float, note_s: float, place: int) -> SungLine:
    syllables = []
    for number, word in enumerate(text.split()):
        at = start_s + number * note_s
        note = MelodyNote(
            start_s=at, end_s=at + 0.9 * note_s, pitch=62, section=0, line=place, syllable=number
        )
        syllables.append(SungSyllable(text=word, notes=(note,)))
    return SungLine(text=text, syllables=tuple(syllables))
