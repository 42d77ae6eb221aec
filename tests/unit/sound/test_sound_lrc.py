"""Lyrics in time as files."""

from __future__ import annotations

import re

from noktvrn.model.sound import TimedLine, TimedWord
from noktvrn.sound.files import lrc


def line(text: str, start: float, step: float = 0.5) -> TimedLine:
    words = tuple(
        TimedWord(text=word, start_s=start + n * step, end_s=start + (n + 0.8) * step)
        for n, word in enumerate(text.split())
    )
    return TimedLine(section="verse", words=words)


SONG = (line("Hold me now", 61.239), line("[Rain] <on> & me", 63.0), line("Later\u2028on", 3661.0))


def test_lines_stand_at_their_times_and_a_rest_clears_them() -> None:
    text = lrc.write(SONG, {"ti": "Rain [live]", "ar": "Nobody"})
    assert text.splitlines() == [
        "[ti:Rain (live)]",
        "[ar:Nobody]",
        "[01:01.24]Hold me now",
        "[01:03.00](Rain) (on) & me",
        "[01:04.90]",
        "[61:01.00]Later on",
        "[61:01.90]",
    ]
    assert lrc.read(text)[0] == (61.24, "Hold me now")
    assert lrc.read(text)[2] == (64.9, "")


def test_words_stand_at_theirs_in_the_enhanced_form() -> None:
    text = lrc.write(SONG[:1], {}, words=True)
    assert text.splitlines()[0] == "[01:01.24]<01:01.24>Hold <01:01.74>me <01:02.24>now <01:02.64>"
    assert lrc.read(text)[0] == (61.24, "Hold me now")


def test_lines_are_put_in_order_and_nothing_is_a_file_too() -> None:
    assert [at for at, text in lrc.read(lrc.write(SONG[::-1], {})) if text] == [61.24, 63.0, 3661.0]
    assert lrc.write((), {}) == "\n"


def test_captions_carry_word_times_inside_their_cue() -> None:
    text = lrc.word_timed_vtt((line("Hold --> me <b>now", 1.0), line("Soon after", 2.0)))
    assert text.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n")
    assert "Hold <00:00:01.500>→ me &lt;b&gt;now" in text  # later words would lie outside the cue
    for block in text.split("\n\n")[1:]:
        times = re.findall(r"\d\d:\d\d:\d\d\.\d{3}", block)
        assert [times[0], *times[2:], times[1]] == sorted(times)
