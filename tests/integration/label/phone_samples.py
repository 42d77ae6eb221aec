"""A label whose desk is also in a chat, and people who press and say things there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.label.label_samples import label_at, lay_on_desk
from tests.unit.release import release_samples as samples

from noktvrn.kernel.clock import Clock
from noktvrn.label.label import Label
from noktvrn.label.phone.pace import Pace
from noktvrn.label.phone.previews import Previews
from noktvrn.model.artist import Artist
from noktvrn.model.film import Film
from noktvrn.model.noun import Noun
from noktvrn.model.run import Run, StageName, StageRecord
from noktvrn.settings import Settings
from noktvrn.storage.ledger import runs
from noktvrn.testing.fakes import telegram

ADA, BOB, MALLORY = 42, 43, 66
GROUP = -1001234567890


@dataclass
class Chats:
    """The label, Telegram, and time as the pace counts it."""

    label: Label
    telegram: telegram.Server
    now_s: float = 0.0

    def show(self, rounds: int = 12) -> None:
        """Brings the chats up to date; waiting costs no time of ours."""
        for _ in range(rounds):
            left = self.label.phone.show()
            self.now_s += 60.0
            if not left:
                return

    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    def press(self, words: str, *, by: int = ADA, chat: int = GROUP) -> None:
        number, data = self.telegram.buttons(chat)[words]
        self.telegram.presses(by, chat, number, data)
        self.listen()

    def say(self, text: str, *, by: int = ADA, chat: int = GROUP) -> None:
        self.telegram.says(by, chat, text)
        self.listen()

    def listen(self) -> None:
        self.label.phone.listen(timeout_s=0)

    @property
    def answers(self) -> list[str]:
        return [str(one["text"]) for one in self.telegram.answers]

    @property
    def texts(self) -> list[str]:
        return self.telegram.texts(GROUP)


def with_phone(settings: Settings, server: telegram.Server, **more: object) -> Settings:
    told = {
        "telegram_bot_token": telegram.TOKEN,
        "telegram_chats": (GROUP,),
        "telegram_users": (ADA, BOB),
        "telegram_base_url": server.origin,
        **more,
    }
    return Settings.model_validate({**dict(settings), **told})


@contextmanager
def chatting(
    settings: Settings, clock: Clock | None = None, script: object = None, **more: object
) -> Iterator[Chats]:
    """A label with a phone; the pace has a clock of its own that nobody waits for."""
    with (
        telegram.Server(script) as server,
        label_at(with_phone(settings, server, **more), clock) as label,
    ):
        chats = Chats(label, server)
        server.now = lambda: label.office.studio.clock.now().timestamp()
        pace = Pace(lambda: chats.now_s)
        label.phone._pace = pace
        label.phone._pause = chats.wait
        label.phone._previews = Previews(label, label.phone._bot, pace, chats.wait)
        yield chats


def lay_with_media(label: Label, artist: Artist, number: int = 0) -> Run:
    """A run on the desk whose sound, cover and teaser lie in the vault."""
    run = lay_on_desk(label, artist, number)
    vault = label.office.studio.vault
    folder = label.settings.home / "made"
    folder.mkdir(exist_ok=True)

    def kept(name: str, media_type: str) -> dict[str, object]:
        path = Path(folder / name)
        path.write_bytes(name.encode() * 100)
        return vault.put(path, artist_id=artist.id, media_type=media_type, name=name).as_data()

    track = samples.track("Glass Hours", artist_id=artist.id)
    heard = track.master.model_copy(update=kept("preview.mp3", "audio/mpeg"))
    cover = samples.cover()
    film = Film(
        kind="teaser",
        asset=samples.asset(b"film", "teaser.mp4", "video/mp4").model_copy(
            update=kept("teaser.mp4", "video/mp4")
        ),
        width=1080,
        height=1920,
        fps=30,
        duration_s=15.0,
        seed=1,
        provenance=samples.provenance("procedural_video"),
    )
    made: dict[StageName, Noun] = {
        StageName.TRACK: track.model_copy(update={"preview": heard}),
        StageName.COVER: cover.model_copy(
            update={"asset": cover.asset.model_copy(update=kept("cover.jpg", "image/jpeg"))}
        ),
        StageName.TEASER: film,
    }
    with label.office.studio.database.begin() as connection:
        for stage, noun in made.items():
            record = StageRecord(
                stage=stage,
                attempt=1,
                seed=1,
                state="done",
                started_at=run.created_at,
                ended_at=run.created_at,
                result=noun.as_data(),
            )
            runs.put_stage(connection, run, record)
    return run
