"""Players: found on PATH, told by argument list, and ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from noktvrn.console.widgets.player import Player, Silence, find_player

ODD = "a song; rm -rf $HOME [b] 'é.flac"


def program(folder: Path, name: str, then: str = "time.sleep(60)") -> Path:
    """A player that notes what it was told."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(
        f"#!{sys.executable}\nimport sys, time, os\n"
        f"open({str(folder / 'told')!r}, 'w').write('\\n'.join([str(os.getpid()), *sys.argv[1:]]))\n{then}\n"
    )
    path.chmod(0o755)
    return path


def until(look: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def told(folder: Path) -> list[str]:
    until(lambda: (folder / "told").exists() and (folder / "told").read_text().count("\n"))
    return (folder / "told").read_text().split("\n")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_first_player_there_is_is_taken() -> None:
    there = {"mpv": "/bin/mpv", "ffplay": "/bin/ffplay"}
    found = find_player({}, there.get)
    assert isinstance(found, tuple)
    assert found[0] == "/bin/mpv"
    assert "--no-video" in found
    del there["mpv"]
    other = find_player({}, there.get)
    assert isinstance(other, tuple)
    assert other[0] == "/bin/ffplay"
    assert "-autoexit" in other


def test_over_a_line_and_without_a_player_there_is_silence() -> None:
    over_ssh = find_player({"SSH_CONNECTION": "1 2 3 4"}, lambda _: "/bin/mpv")
    assert isinstance(over_ssh, Silence)
    assert "SSH" in over_ssh.why
    none = find_player({}, lambda _: None)
    assert isinstance(none, Silence)
    assert "mpv" in none.why


def test_one_file_is_played_at_a_time_and_ended_when_told(tmp_path: Path) -> None:
    player = Player((str(program(tmp_path, "mpv")), "--"))
    player.play(tmp_path / ODD)
    pid, *words = told(tmp_path)
    assert words == ["--", str(tmp_path / ODD)]
    assert player.is_playing
    assert player.heard_s > 0
    (tmp_path / "told").unlink()
    player.play(tmp_path / "other")
    assert not is_alive(int(pid))
    second = int(told(tmp_path)[0])
    player.stop()
    assert not player.is_playing
    assert not player.failed
    assert player.heard_s == 0
    assert not is_alive(second)
    player.stop()


def test_a_player_that_does_not_hear_is_made_to_end(tmp_path: Path) -> None:
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    path = program(tmp_path, "mpv")
    path.write_text(path.read_text().replace("import sys", f"{stubborn}import sys"))
    player = Player((str(path),))
    player.play(tmp_path / "song")
    pid = int(told(tmp_path)[0])
    player.stop()
    assert not is_alive(pid)


def test_a_player_that_gives_up_is_noticed(tmp_path: Path) -> None:
    player = Player((str(program(tmp_path, "mpv", "sys.exit(2)")),))
    player.play(tmp_path / "song")
    until(lambda: not player.is_playing)
    assert player.failed
    with pytest.raises(OSError, match="no_such"):
        Player((str(tmp_path / "no_such_player"),)).play(tmp_path / "song")


def test_no_player_outlives_the_console(tmp_path: Path) -> None:
    words = (
        "import sys; from pathlib import Path; from noktvrn.console.widgets.player import Player\n"
        f"player = Player(({str(program(tmp_path, 'mpv'))!r},)); player.play(Path('song'))\n"
        f"told = Path({str(tmp_path / 'told')!r})\n"
        "while not told.exists() or chr(10) not in told.read_text(): pass\n"
        "raise SystemExit('an end nobody foresaw')"
    )
    ended = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
    assert "foresaw" in ended.stderr
    assert not is_alive(int(told(tmp_path)[0]))
