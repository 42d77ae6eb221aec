"""The page: everything is there, nothing runs, nothing comes from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.release.release_samples import (
    NOW,
    RELEASE_ON,
    VERDICT,
    artist,
    dossier,
    figures,
    identifiers,
    lyrics,
    profile,
    seal_vault,
    track,
    vault,
)

from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.release import page
from noktvrn.release.dossier import Dossier
from noktvrn.release.draft import draft_of
from noktvrn.release.page_colours import _contrast, _rgb, custom_properties
from noktvrn.release.page_wave import wave
from noktvrn.release.preview import lay_preview
from noktvrn.release.sealing import Sealing

NASTY = "\"><script>alert(1)</script><img src=x onerror='alert(1)'>&amp;"


class Reader(HTMLParser):
    """Collects tags, addresses, handlers and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "poster")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


def write(source: Dossier, *checks: Report) -> str:
    sealing = Sealing(draft_of(source), identifiers(), RELEASE_ON, RELEASE_ON, VERDICT, NOW)
    return page.write(sealing, source, checks, {})


def sung(line: str = "glass hours") -> Dossier:
    words = lyrics()
    section = words.sections[0].model_copy(update={"lines": (line,)})
    return dossier(
        track=track(instrumental=False, language="en"),
        lyrics=words.model_copy(update={"sections": (section,)}),
    )


def test_every_local_address_is_a_file_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    package = tmp_path / "package"
    seal_vault(vault(tmp_path / "vault"), package)
    reader = read((package / "index.html").read_text("utf-8"))
    local = [address for address in reader.addresses if not address.startswith("data:text/vtt;base64,")]
    assert len(local) > 10
    assert all((package / address).is_file() for address in local)
    assert {"audio", "video", "track", "svg"} <= set(reader.tags)


@pytest.mark.parametrize(
    "source",
    [
        dossier(artist=artist("x"), track=track(NASTY), label_name=NASTY, genre=NASTY, subgenre=NASTY),
        sung(NASTY),
    ],
    ids=["metadata", "lyrics"],
)
def test_every_text_is_escaped(source: Dossier) -> None:
    note = Finding(rule="x", severity=Severity.WARNING, message=NASTY)
    reader = read(write(source, Report(subject="x", checked=1, findings=(note,))))
    assert "script" not in reader.tags
    assert reader.handlers == []
    assert reader.tags.count("img") == 1
    assert NASTY in "".join(reader.words)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_out_of_its_place(title: str, line: str) -> None:
    plain = read(write(sung("line")))
    source = sung(line)
    odd = source.model_copy(update={"track": source.track.model_copy(update={"title": title})})
    reader = read(write(odd))
    assert reader.tags == plain.tags
    assert reader.handlers == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    text = write(sung())
    assert not re.search(r"(?:https?:)?//(?!www\.w3\.org)", text.replace("</", "")), "an outside address"
    assert "script-src" not in text and "default-src 'none'" in text
    assert "@import" not in text and "url(" not in text


@pytest.mark.parametrize("curve", [(), (0.5,) * 128, (0.0,) * 128, tuple(p / 127 for p in range(128))])
def test_the_wave_stays_in_its_frame(curve: tuple[float, ...]) -> None:
    drawn = wave(track(figures=figures(energy_curve=curve)))
    bars = [
        (float(y), float(h)) for y, h in re.findall(r'y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', drawn)
    ]
    assert len(bars) == len(curve)
    assert all(top >= 0 and 2 <= height <= 96 for top, height in bars)


def test_a_loud_song_still_shows_its_form() -> None:
    drawn = wave(track(figures=figures(energy_curve=(0.9,) * 64 + (1.0,) * 64)))
    heights = {float(height) for height in re.findall(r'height="([\d.]+)" rx', drawn)}
    assert max(heights) > 3 * min(heights)


def test_a_preview_shows_the_work_and_no_codes(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    source = vault(tmp_path / "vault")
    shown = lay_preview(source.draft, source.dossier, (), source.sources, tmp_path / "preview")
    text = shown.read_text("utf-8")
    reader = read(text)
    local = [address for address in reader.addresses if not address.startswith("data:")]
    assert local and all((shown.parent / address).is_file() for address in local)
    assert "A preview" in text and "ISRC" not in text
    assert lay_preview(source.draft, source.dossier, (), source.sources, tmp_path / "preview") == shown
    assert shown.read_text("utf-8") == text


def test_a_preview_escapes_every_text() -> None:
    source = dossier(track=track(NASTY))
    reader = read(page.write_preview(draft_of(source), source, (), {}))
    assert "script" not in reader.tags and reader.handlers == []


def test_the_page_says_who_made_it() -> None:
    text = "".join(read(write(dossier())).words)
    assert "The artist is an AI persona" in text
    assert "procedural_music" in text and "test codes" in text
    assert "Lyrics" not in text


@pytest.mark.parametrize(
    "ramp",
    [
        ("#000000", "#000000", "#000000", "#000000", "#000000"),
        ("#ffffff", "#ffffff", "#ffffff", "#ffffff", "#ffffff"),
        ("#0b0c14", "#1d2140", "#3b4480", "#7f8ad0", "#d5dafa"),
    ],
)
def test_every_palette_can_be_read(ramp: tuple[str, ...]) -> None:
    look = profile().look.model_copy(update={"ramp": ramp, "accent": ramp[2]})
    colours = dict(re.findall(r"--(\w+):(#\w{6});", custom_properties(look)))
    ground = _rgb(colours["ground"])
    assert _contrast(_rgb(colours["text"]), ground) >= 6.9
    assert _contrast(_rgb(colours["muted"]), ground) >= 4.4
    assert _contrast(_rgb(colours["accent"]), ground) >= 4.4
