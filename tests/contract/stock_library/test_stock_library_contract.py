"""What every player of the role StockLibrary has to keep: on its fake, through the real desk and door."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.film.probe import probe
from noktvrn.kernel.clock import FixedClock
from noktvrn.kernel.errors import LabelError, Outside
from noktvrn.outbound.door import Door
from noktvrn.outbound.jobs.desk import JobDesk
from noktvrn.providers._kit import Kit
from noktvrn.providers.registry import health, open_player
from noktvrn.roles.errand import Errand
from noktvrn.roles.stock_library import StockClip, StockLibrary, StockQuery
from noktvrn.settings import Settings
from noktvrn.storage import migrate
from noktvrn.storage.database import Database
from noktvrn.storage.vault import Vault
from noktvrn.testing.fakes import media, pexels, pixabay
from noktvrn.testing.fakes.fake import Fake
from noktvrn.testing.fakes.script import Script

PLAYERS = ["pexels", "pixabay", "local_footage"]
PROVIDERS = frozenset(PLAYERS)
OUTSIDE = PLAYERS[:2]
KEYS = {"pexels": pexels.KEY, "pixabay": pixabay.KEY}
PATHS = {"pexels": "/v1", "pixabay": "/api"}
LOOKS = {"pexels": "GET /v1/videos/videos", "pixabay": "GET /api/videos"}
QUERY = StockQuery(words="city lights at night", limit=5)
ERRAND = Errand(artist_id="art_0000000000001", run_id="run_0000000000001", stage="video", attempt=1)


@dataclass
class House:
    """A label with one library. `pauses` are the seconds the desk waited."""

    home: Path
    name: str
    fake: Fake | None
    clock: FixedClock = field(default_factory=lambda: FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC)))
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home.mkdir()
        told: dict[str, Any] = {"home": self.home}
        if self.fake is not None:
            told[f"{self.name}_key"] = SecretStr(KEYS[self.name])
            told[f"{self.name}_base_url"] = self.fake.origin + PATHS[self.name]
        else:
            told["footage_dir"] = clips_in(self.home / "clips")
        self.settings = Settings(**told)
        shutil.copyfile(empty_books(), self.home / "label.db")
        self.database = Database(self.settings)

    @property
    def kit(self) -> Kit:
        """As a process of its own would have it."""
        desk = JobDesk(
            self.database,
            self.clock,
            Vault(self.home / "vault"),
            self.home / "spool",
            Door(find_ffmpeg),
            self.settings,
            pause=self._pause,
            patience_s=60.0,
        )
        return Kit(self.clock, self.home / "scratch", jobs=desk)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.advance(timedelta(seconds=seconds))

    def library(self) -> StockLibrary:
        """The player, newly opened."""
        player: StockLibrary = open_player("stock_library", self.name, self.settings, self.kit)
        return player

    def folder(self, name: str = "work") -> Path:
        """A working folder."""
        path = self.home / name
        path.mkdir(exist_ok=True)
        return path


@cache
def empty_books() -> Path:
    """A ledger nothing stands in, made once for all tests of this file."""
    home = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    database = Database(Settings(home=home))
    migrate.upgrade(database)
    database.close()
    return home / "label.db"


def clips_in(folder: Path) -> Path:
    """Three clips of the person's own, two with notes."""
    folder.mkdir(parents=True)
    for seed, name in enumerate(("city lights.mp4", "waves.mp4", "tall night.mp4")):
        size = (720, 1280) if name.startswith("tall") else (1280, 720)
        (folder / name).write_bytes(media.shot(4.0, *size, seed))
    (folder / "city lights.toml").write_text(
        'author = "Jo Field"\ntags = ["night", "street"]\nlicence = "CC BY 4.0"\n'
        'attribution = "City Lights by Jo Field, CC BY 4.0"\n',
        encoding="utf-8",
    )
    (folder / "waves.toml").write_text('author = "Ann"\ntags = ["sea"]\n', encoding="utf-8")
    return folder


def server(name: str, rules: list[dict[str, Any]] | None = None) -> Fake:
    """The library's fake, with the faults it is to show."""
    script = Script(rules)
    if name == "pexels":
        return pexels.Server(script, shrunk=4, seconds=3.0)
    return pixabay.Server(script, shrunk=4, seconds=3.0)


@pytest.fixture(params=PLAYERS)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    if request.param not in OUTSIDE:
        opened = House(tmp_path / "home", request.param, None)
        yield opened
        opened.database.close()
        return
    with server(request.param) as fake:
        opened = House(tmp_path / "home", request.param, fake)
        yield opened
        opened.database.close()


def test_what_is_found_fits_what_was_asked(house: House) -> None:
    clips = house.library().search(QUERY)
    assert clips
    assert len(clips) <= QUERY.limit
    for clip in clips:
        assert clip.library == house.name
        assert clip.width > clip.height
        assert min(clip.width, clip.height) >= QUERY.smallest
        assert clip.duration_s >= QUERY.shortest_s
    tall = house.library().search(QUERY.model_copy(update={"orientation": "portrait"}))
    assert tall
    assert all(clip.height > clip.width for clip in tall)


def test_a_clip_is_fetched_with_author_page_licence_and_credit(house: House) -> None:
    library = house.library()
    clip = library.search(QUERY)[0]
    shot = library.fetch(clip, ERRAND, house.folder())
    assert shot.path.parent == house.folder()
    facts = probe(find_ffmpeg(), shot.path)
    assert (facts.width, facts.height) == (shot.width, shot.height)
    if house.fake is not None:
        [taken] = house.fake.submissions
        assert min(taken["width"], taken["height"]) <= 1080, "larger than films are made of"
    assert shot.duration_s == pytest.approx(facts.duration_s)
    assert shot.author == clip.author != ""
    assert clip.author in shot.provenance.rights.attribution
    assert shot.provenance.rights.licence
    assert shot.provenance.rights.commercial
    assert shot.provenance.engine == house.name
    if house.name in OUTSIDE:
        assert shot.page == clip.page != ""
        assert clip.page in shot.provenance.rights.attribution
        assert shot.provenance.ticket
        assert shot.provenance.rights.terms_url


def test_a_clip_that_is_gone_is_said_to_be(house: House) -> None:
    ghost = StockClip(library=house.name, key="0", width=1920, height=1080, duration_s=5.0)
    with pytest.raises(Outside) as caught:
        house.library().fetch(ghost, ERRAND, house.folder())
    assert caught.value.hint


def test_the_same_query_within_a_day_asks_nobody(house: House) -> None:
    if house.fake is None:
        pytest.skip("it asks nobody anyway")
    first = house.library().search(QUERY)
    asked = len(house.fake.asked)
    house.clock.advance(timedelta(hours=23, minutes=59))
    assert house.library().search(QUERY) == first, "a restart forgets it"
    assert len(house.fake.asked) == asked
    house.clock.advance(timedelta(minutes=2))
    house.library().search(QUERY)
    assert len(house.fake.asked) == asked + 1


def test_the_same_clip_on_the_same_errand_is_downloaded_once(house: House) -> None:
    if house.fake is None:
        pytest.skip("it downloads nothing")
    clip = house.library().search(QUERY)[0]
    one = house.library().fetch(clip, ERRAND, house.folder("a"))
    two = house.library().fetch(clip, ERRAND, house.folder("b"))
    assert one.path.read_bytes() == two.path.read_bytes()
    assert one.provenance.ticket == two.provenance.ticket
    assert house.fake.bill == {"downloads": 1}


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_free_question_tells_what_is_left(name: str, tmp_path: Path) -> None:
    with server(name) as fake:
        house = House(tmp_path / "home", name, fake)
        told = health(name, house.settings, house.kit)
        assert told is not None
        assert told.well
        assert dict(told.left)[f"{name} requests"] > 0
        house.database.close()


SEARCH_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"fault": "bad_key"}, "outside.key_refused"),
    ({"fault": "too_often"}, "outside.busy"),
    ({"fault": "invalid"}, "outside.refused"),
    ({"fault": "down"}, "outside.transient"),
    ({"fault": "wrong_shape"}, "outside.contract"),
    ({"fault": "bad_size"}, "outside.contract"),
    ({"fault": "html"}, "outside.contract"),
    ({"fault": "body", "text": ""}, "outside.contract"),
    ({"fault": "body", "text": "[" * 5000}, "outside.contract"),
    ({"fault": "truncated"}, "outside.transient"),
    ({"fault": "reset"}, "outside.transient"),
    ({"fault": "redirect", "to": "http://169.254.169.254/"}, "outside."),
    ({"fault": "status", "status": 503, "retry_after": 30}, "outside."),
]


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize(("fault", "code"), SEARCH_FAULTS, ids=lambda value: str(value)[:40])
def test_a_search_that_fails_says_why_and_is_not_kept(
    name: str, fault: dict[str, Any], code: str, tmp_path: Path
) -> None:
    with server(name, [{"on": "GET *", "nth": 1, **fault}]) as fake:
        house = House(tmp_path / "home", name, fake)
        with pytest.raises(Outside) as caught:
            house.library().search(QUERY)
        assert caught.value.code.startswith(code)
        assert caught.value.hint
        assert KEYS[name] not in f"{caught.value} {caught.value.hint} {caught.value!r}"
        house.clock.advance(timedelta(hours=1))
        assert house.library().search(QUERY)
        house.database.close()


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("fault", ["no_files", "null_widths", "nothing"])
def test_clips_without_a_file_of_use_are_not_found(name: str, fault: str, tmp_path: Path) -> None:
    with server(name, [{"on": "GET *", "fault": fault}]) as fake:
        house = House(tmp_path / "home", name, fake)
        assert house.library().search(QUERY) == ()
        house.database.close()


FETCH_FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("look", {"fault": "bad_key"}, "outside.key_refused"),
    ("look", {"fault": "gone"}, "outside."),
    ("look", {"fault": "no_files"}, "outside.expired"),
    ("look", {"fault": "null_widths"}, "outside.expired"),
    ("look", {"fault": "other_clip"}, "outside.contract"),
    ("look", {"fault": "html"}, "outside.contract"),
    ("look", {"fault": "body", "text": '{"hits": 7, "id": -1}'}, "outside.contract"),
    ("look", {"fault": "foreign_scheme"}, "outside."),
]
"""What stays as it is, however often it is looked at."""

NO_FILE: list[tuple[str, dict[str, Any], str]] = [
    ("look", {"fault": "far_inside"}, "is not encrypted"),
    ("GET /files", {"fault": "html"}, "an HTML page"),
    ("GET /files", {"fault": "body", "text": "", "kind": "video/mp4"}, "0 bytes"),
    ("GET /files", {"fault": "status", "status": 404, "body": "gone"}, "not there any more (404)"),
    ("GET /files", {"fault": "status", "status": 403, "body": "<Error/>"}, "not there any more (403)"),
    ("GET /files", {"fault": "redirect", "to": "http://169.254.169.254/x.mp4"}, "is not encrypted"),
    ("GET /files", {"fault": "redirect", "to": "http://10.0.0.7/x.mp4"}, "is not encrypted"),
]
"""Files that cannot be had now: they are tried again once an hour, and meanwhile the film goes on without."""

PASSING: list[tuple[str, dict[str, Any]]] = [
    ("look", {"fault": "down"}),
    ("look", {"fault": "reset"}),
    ("look", {"fault": "truncated"}),
    ("GET /files", {"fault": "reset"}),
    ("GET /files", {"fault": "truncated"}),
    ("GET /files", {"fault": "reset_after"}),
    ("GET /files", {"fault": "status", "status": 500}),
    ("GET /files", {"fault": "status", "status": 503}),
    ("GET /files", {"fault": "drip", "step": 60_000, "s": 0.001}),
]
"""What passes: nobody has to do anything."""


def _rule(name: str, on: str, fault: dict[str, Any]) -> dict[str, Any]:
    return {"on": LOOKS[name] if on == "look" else on, **fault}


def _found(house: House, fake: Fake, rules: list[dict[str, Any]]) -> StockClip:
    """A clip found before any trouble begins."""
    clip = house.library().search(QUERY)[0]
    fake.script = Script(rules)
    return clip


def _refused(name: str, on: str, fault: dict[str, Any], home: Path) -> LabelError:
    """The error of a clip that cannot be had; no key stands in it, nor in anything written."""
    with server(name) as fake:
        house = House(home, name, fake)
        clip = _found(house, fake, [_rule(name, on, fault)])
        with pytest.raises(LabelError) as caught:
            house.library().fetch(clip, ERRAND, house.folder())
        assert KEYS[name] not in f"{caught.value} {caught.value.hint} {caught.value!r}"
        assert not list(house.folder().iterdir())
        house.database.close()
        _no_secret_in(house.home, KEYS[name])
    return caught.value


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize(("on", "fault", "code"), FETCH_FAULTS, ids=lambda value: str(value)[:40])
def test_a_download_that_cannot_be_had_says_why(
    name: str, on: str, fault: dict[str, Any], code: str, tmp_path: Path
) -> None:
    error = _refused(name, on, fault, tmp_path / "home")
    assert error.code.startswith(code), error.message
    assert error.hint


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize(("on", "fault", "words"), NO_FILE, ids=lambda value: str(value)[:40])
def test_a_file_that_cannot_be_had_is_left_for_later_and_says_why(
    name: str, on: str, fault: dict[str, Any], words: str, tmp_path: Path
) -> None:
    error = _refused(name, on, fault, tmp_path / "home")
    assert error.code == "outside.stale" and words in error.message, error.message
    assert error.hint


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize(("on", "fault"), PASSING, ids=lambda value: str(value)[:40])
def test_a_passing_trouble_ends_in_the_file(
    name: str, on: str, fault: dict[str, Any], tmp_path: Path
) -> None:
    with server(name) as fake:
        house = House(tmp_path / "home", name, fake)
        clip = _found(house, fake, [_rule(name, on, {"nth": 1, **fault})])
        shot = house.library().fetch(clip, ERRAND, house.folder())
        assert shot.duration_s > 2
        assert fake.bill["downloads"] >= 1
        house.database.close()


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize(
    "fault", [{"fault": "too_often"}, {"fault": "status", "status": 503, "retry_after": 90}]
)
def test_a_library_that_wants_rest_has_it_and_is_asked_again_later(
    name: str, fault: dict[str, Any], tmp_path: Path
) -> None:
    with server(name) as fake:
        house = House(tmp_path / "home", name, fake)
        clip = _found(house, fake, [_rule(name, "look", {"nth": 1, **fault})])
        with pytest.raises(Outside) as caught:
            house.library().fetch(clip, ERRAND, house.folder())
        assert caught.value.code in ("outside.resting", "outside.full")
        assert caught.value.hint
        if fault["fault"] == "too_often":
            asked = len(fake.asked)
            with pytest.raises(Outside):
                house.library().search(StockQuery(words="another thing"))
            assert len(fake.asked) == asked
        house.clock.advance(timedelta(hours=1))
        assert house.library().fetch(clip, ERRAND, house.folder()).duration_s > 2
        house.database.close()


def _no_secret_in(home: Path, secret: str) -> None:
    for path in home.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_library_whose_requests_are_used_up_is_left_alone(name: str, tmp_path: Path) -> None:
    spent = {"pexels": "month_spent", "pixabay": "minute_spent"}[name]
    with server(name, [{"on": "GET *", "nth": 1, "fault": spent}]) as fake:
        house = House(tmp_path / "home", name, fake)
        assert house.library().search(QUERY)
        with pytest.raises(Outside) as caught:
            house.library().search(StockQuery(words="another thing"))
        assert caught.value.code == "outside.busy"
        assert len(fake.asked) == 1
        house.clock.advance(timedelta(minutes=16))
        assert house.library().search(StockQuery(words="another thing"))
        house.database.close()


def test_a_key_in_the_address_stands_nowhere(tmp_path: Path) -> None:
    with server("pixabay") as fake:
        house = House(tmp_path / "home", "pixabay", fake)
        library = house.library()
        library.fetch(library.search(QUERY)[0], ERRAND, house.folder())
        house.database.close()
        _no_secret_in(house.home, KEYS["pixabay"])


def test_machines_clips_are_left_out(tmp_path: Path) -> None:
    with server("pixabay", [{"on": "GET /api/videos", "fault": "by_machine"}]) as fake:
        house = House(tmp_path / "home", "pixabay", fake)
        assert house.library().search(QUERY) == ()
        house.database.close()


def test_ones_own_folder_is_never_written_to_and_no_link_leads_out(tmp_path: Path) -> None:
    house = House(tmp_path / "home", "local_footage", None)
    folder = house.settings.footage_dir
    assert folder is not None
    secret = tmp_path / "elsewhere.mp4"
    shutil.copyfile(folder / "waves.mp4", secret)
    (folder / "city linked.mp4").symlink_to(secret)
    before = {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}
    library = house.library()
    clips = library.search(QUERY)
    assert len(clips) == 1, "the linked one is offered, or the one about something else"
    shot = library.fetch(clips[0], ERRAND, house.folder())
    assert shot.provenance.rights.attribution == "City Lights by Jo Field, CC BY 4.0"
    assert {path: path.lstat().st_mtime_ns for path in folder.rglob("*")} == before
    house.database.close()


def test_a_note_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    house = House(tmp_path / "home", "local_footage", None)
    assert house.settings.footage_dir is not None
    (house.settings.footage_dir / "waves.toml").write_text('autor = "typo"\n', encoding="utf-8")
    with pytest.raises(LabelError) as caught:
        house.library().search(QUERY)
    assert "waves.toml" in caught.value.message
    house.database.close()
