"""Any program as a composer: what it is told, what it may know, and every way it can go wrong."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import soundfile
from tests.outside_kit import LYRICS, PLAN, home, opened, song

from noktvrn.kernel.errors import Invalid, LabelError, Refused, TimedOut, Unavailable
from noktvrn.model.provenance import SourceType
from noktvrn.providers import command as provider
from noktvrn.providers.command import program
from noktvrn.providers.command.arguments import template_of
from noktvrn.providers.command.brief import Brief, brief_of
from noktvrn.providers.command.composer import CommandComposer
from noktvrn.settings import Settings
from noktvrn.storage.ledger.tickets import TicketState as S
from noktvrn.testing.fakes import media

HEAD = "import json, os, subprocess, sys, time\nout = sys.argv[1]\n"


def program_of(tmp_path: Path, body: str) -> str:
    """A program in Python, as it stands in the setting. Its song lies beside it."""
    (tmp_path / "song.mp3").write_bytes(media.song(21.0, "MP3"))
    place = tmp_path / "composer.py"
    place.write_text(HEAD + body, "utf-8")
    return f"{sys.executable} {place} {{out}} --seed={{seed}} {{duration}}"


def settings_for(tmp_path: Path, body: str, **more: Any) -> Settings:
    return Settings(home=home(tmp_path), composer_command=program_of(tmp_path, body), _env_file=None, **more)


COPY = "import shutil\nshutil.copy(os.path.join(os.path.dirname(sys.argv[0]), 'song.mp3'), out)\n"


def test_the_programs_song_comes_through_the_desk(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, COPY)
    with opened(settings) as (kit, rows):
        composer = CommandComposer(settings, kit)
        made = composer.compose(song(tmp_path))
        row = rows.one(composer.order(song(tmp_path)).key)
    assert made.sung and abs(made.timeline.duration_s - 21.0) < 1.5
    told = made.provenance
    assert told.source_type is SourceType.TRAINED and told.lossy_source
    assert (told.engine, told.seed, told.rights.dsp_release) == ("command", 5, "unknown")
    assert told.model == Path(sys.executable).name
    assert (row.state, row.cost) == (S.STORED, 0)


def test_what_it_is_told_is_the_documented_brief(tmp_path: Path) -> None:
    settings = settings_for(
        tmp_path, f"json.dump(json.load(sys.stdin), open({str(tmp_path / 'b')!r}, 'w'))\n{COPY}"
    )
    with opened(settings) as (kit, _):
        CommandComposer(settings, kit).compose(song(tmp_path))
    read = Brief.model_validate_json((tmp_path / "b").read_bytes())
    assert read == brief_of(song(tmp_path))
    assert (read.version, read.key, read.duration_s, read.seed) == (1, "A minor", 21.0, 5)
    assert (read.plan, read.lyrics, read.title) == (PLAN, LYRICS, "Night Bus")
    assert brief_of(song(tmp_path, instrumental=True)).lyrics is None


def test_every_field_of_the_brief_is_documented() -> None:
    text = (Path(__file__).parents[3] / "docs" / "composer_command.md").read_text("utf-8")
    assert all(f"`{name}`" in text for name in Brief.model_fields)


def test_places_are_filled_once_and_never_parted(tmp_path: Path) -> None:
    out = "/a folder/{seed}; rm -rf $HOME"
    filled = template_of("p '--to={out}' {seed} \"$HOME `x`\" {duration}").filled(
        {"out": out, "seed": "7", "duration": "21"}
    )
    assert filled == ["p", f"--to={out}", "7", "$HOME `x`", "21"]


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("", "does not begin with a program"),
        ("{out}", "does not begin with a program"),
        ("prog --seed {seed}", "no place {out}"),
        ("prog {out} {prompt}", "a place nobody fills, {prompt}"),
        ("prog {out} {}", "a place nobody fills, {}"),
        ("prog '{out}", "quote that does not close"),
    ],
)
def test_a_command_that_cannot_be_is_told_when_it_is_opened(tmp_path: Path, setting: str, why: str) -> None:
    with pytest.raises(Invalid) as told:
        provider.open(Settings(home=tmp_path, composer_command=setting, _env_file=None), None)  # type: ignore[arg-type]
    assert why in told.value.message and "{out}" in told.value.hint


def test_no_secret_is_in_its_environment_nor_in_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "ELEVENLABS_API_KEY", "AWS_SECRET_ACCESS_KEY", "MY_OWN_TOKEN"):
        monkeypatch.setenv(name, "planted-secret")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    settings = settings_for(
        tmp_path, f"open({str(tmp_path / 'env')!r}, 'w').write(json.dumps(dict(os.environ)))\n{COPY}"
    )
    keyed = settings.model_copy(
        update={"composer_command": f"{settings.composer_command} --key planted-secret"}
    )
    with opened(keyed) as (kit, rows):
        composer = CommandComposer(keyed, kit)
        composer.compose(song(tmp_path))
        row = rows.one(composer.order(song(tmp_path)).key)
    heard = json.loads((tmp_path / "env").read_text())
    assert "planted-secret" not in json.dumps(heard) and heard["CUDA_VISIBLE_DEVICES"] == "0"
    assert "planted-secret" not in json.dumps(row.order)


FAULTS: list[tuple[str, str, str]] = [
    ("fails", "sys.exit('no model at /models')", "no model at /models"),
    ("fails_quietly", "sys.exit(3)", "it ended with 3"),
    ("crashes", "1 / 0", "ZeroDivisionError"),
    ("killed", "os.kill(os.getpid(), 9)", "it ended with -9"),
    ("no_file", "print('warming up', file=sys.stderr)", "it wrote no file. warming up"),
    ("empty_file", "open(out, 'w')", "it wrote no file"),
    ("folder", "os.mkdir(out)", "it wrote no file"),
    ("fails_after_writing", COPY + "sys.exit('out of memory')", "out of memory"),
    ("text", "open(out, 'w').write('la la la')", ""),
    ("page", "open(out, 'w').write('<!doctype html><html></html>' * 900)", ""),
    ("half", COPY + "raw = open(out, 'rb').read(); open(out, 'wb').write(raw[:9] + bytes(5000))", ""),
    ("link", "os.symlink('/etc/passwd', out)", ""),
    ("loud", "print('x' * 3_000_000, file=sys.stderr); sys.exit('at the end')", "at the end"),
    ("coloured", "sys.exit('\\x1b[31mred\\x07 words')", "[31mred words"),
]


@pytest.mark.parametrize(("body", "words"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS])
def test_every_failure_is_told_and_may_be_tried_again(tmp_path: Path, body: str, words: str) -> None:
    settings = settings_for(tmp_path, body)
    with opened(settings) as (kit, rows):
        composer = CommandComposer(settings, kit)
        with pytest.raises(LabelError) as told:
            composer.compose(song(tmp_path))
        assert words in told.value.message and told.value.hint and told.value.exit_code == 5
        assert rows.one(composer.order(song(tmp_path)).key).state in (S.REFUSED, S.FAILED, S.UNKNOWN)
        assert not list(settings.home.glob("spool/tkt_*/**/.work"))


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    settings = Settings(home=home(tmp_path), composer_command="no-such-composer {out}", _env_file=None)
    assert not provider.health(settings, None).well  # type: ignore[arg-type]
    with opened(settings) as (kit, _), pytest.raises(Unavailable, match="does not start"):
        CommandComposer(settings, kit).compose(song(tmp_path))


def test_health_starts_nothing(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, f"open({str(tmp_path / 'started')!r}, 'w')")
    assert provider.health(settings, None).well  # type: ignore[arg-type]
    assert not (tmp_path / "started").exists()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _alive(pid):
        time.sleep(0.02)
    return not _alive(pid)


SLEEPS = (
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "open({pids!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\ntime.sleep(60)\n"
)


def _run(tmp_path: Path, body: str, timeout_s: float = 30.0, **more: Any) -> None:
    command = program_of(tmp_path, body).format(out=tmp_path / "out.wav", seed=1, duration=2).split()
    program.run(program.Run(command, b"{}", tmp_path / "out.wav", timeout_s, **more), tmp_path)


def _waits_for(path: Path) -> list[int]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.is_file() and len(path.read_text().split()) == 2:
            return [int(pid) for pid in path.read_text().split()]
        time.sleep(0.01)
    raise AssertionError("it never began")


def test_time_is_up_for_it_and_for_all_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with pytest.raises(TimedOut, match="had not ended after 3 s"):
        _run(tmp_path, SLEEPS.format(pids=str(pids)), timeout_s=3.0)
    assert all(_gone(pid) for pid in _waits_for(pids))


def test_an_interrupt_ends_it_and_all_it_started(tmp_path: Path, interruptible: None) -> None:
    pids = tmp_path / "pids"

    def interrupt() -> None:
        _waits_for(pids)
        os.kill(os.getpid(), signal.SIGINT)

    helper = threading.Thread(target=interrupt)
    helper.start()
    with pytest.raises(KeyboardInterrupt):
        _run(tmp_path, SLEEPS.format(pids=str(pids)))
    helper.join()
    assert all(_gone(pid) for pid in _waits_for(pids))


def test_what_it_leaves_running_holds_nobody_up_and_is_ended(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    body = SLEEPS.format(pids=str(pids)).replace("time.sleep(60)\n", COPY)
    began = time.monotonic()
    _run(tmp_path, body)
    assert time.monotonic() - began < 20
    assert _gone(_waits_for(pids)[1])


def test_a_file_that_grows_too_large_is_ended(tmp_path: Path) -> None:
    body = "f = open(out, 'wb')\nwhile True:\n    f.write(bytes(100_000)); f.flush(); time.sleep(0.01)\n"
    with pytest.raises(Refused, match="more than 300,000 bytes"):
        _run(tmp_path, body, most_bytes=300_000)


def test_what_it_prints_is_not_in_the_way(tmp_path: Path) -> None:
    _run(tmp_path, "print('x' * 2_000_000)\n" + COPY)
    assert soundfile.info(tmp_path / "out.wav").duration > 20


@pytest.mark.parametrize(("setting", "release"), [("yes", "yes"), ("no", "no"), ("unknown", "unknown")])
def test_the_setting_says_whether_its_songs_may_be_released(
    tmp_path: Path, setting: str, release: str
) -> None:
    settings = settings_for(tmp_path, COPY, composer_rights=setting)
    with opened(settings) as (kit, _):
        made = CommandComposer(settings, kit).compose(song(tmp_path))
    assert made.provenance.rights.dsp_release == release
