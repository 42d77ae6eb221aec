"""Lyrics in time as files: LRC (lines, or words in the enhanced form) and WebVTT with word times.

LRC has no standard: `[mm:ss.xx]` before a line is what every player reads; `<mm:ss.xx>` before a word is the
enhanced form of A2 Media Player. WebVTT time stamps inside a cue: https://www.w3.org/TR/webvtt1/#webvtt-timestamp
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise, zip_longest

from noktvrn.model.sound import TimedLine

_PLAIN = str.maketrans({"[": "(", "]": ")", "<": "(", ">": ")"})
_LINE = re.compile(r"^\[(\d+):(\d{2}\.\d{2})\](.*)$", re.MULTILINE)
_WORD = re.compile(r"<\d+:\d{2}\.\d{2}>")
_GAP_S = 4.0
"""A rest longer than this clears the line, so that nobody waits for words that do not come."""


def write(lines: Sequence[TimedLine], tags: Mapping[str, str], *, words: bool = False) -> str:
    """The lines as LRC, in time; `tags` are its head (`ti`, `ar`, `length`), `words` the enhanced form."""
    head = [f"[{name}:{_text(value)}]" for name, value in tags.items()]
    ordered = sorted((line for line in lines if line.words), key=_start)
    body: list[str] = []
    for line, after in zip_longest(ordered, ordered[1:]):
        body.append(f"[{clock(_start(line))}]{_worded(line) if words else _text(line.text)}")
        end = line.words[-1].end_s
        if after is None or _start(after) - end > _GAP_S:
            body.append(f"[{clock(end)}]")
    return "\n".join([*head, *body]) + "\n"


def read(text: str) -> tuple[tuple[float, str], ...]:
    """Time in seconds and text of every line, word times left out."""
    return tuple(
        (round(60 * int(minutes) + float(seconds), 2), _WORD.sub("", rest).strip())
        for minutes, seconds, rest in _LINE.findall(text)
    )


def clock(seconds: float) -> str:
    """`mm:ss.xx`; more than an hour counts on in minutes."""
    hundredths = round(max(0.0, seconds) * 100)
    return f"{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


def word_timed_vtt(lines: Sequence[TimedLine]) -> str:
    """The lines as WebVTT cues with a time stamp before every word but the first."""
    ordered = sorted((line for line in lines if line.words), key=_start)
    cues = []
    for line, after in zip_longest(ordered, ordered[1:]):
        end = max(line.words[-1].end_s, _start(line) + 0.1)
        end = end if after is None else max(_start(line) + 0.01, min(end, _start(after)))
        cues.append(f"{_vtt_clock(_start(line))} --> {_vtt_clock(end)}\n{_stamped(line, end)}\n")
    return "\n".join(["WEBVTT\n", *cues])


def _stamped(line: TimedLine, end: float) -> str:
    pieces = [_escaped(line.words[0].text)]
    for before, word in pairwise(line.words):
        # A time stamp has to lie inside its cue and behind the one before it.
        inside = before.start_s < word.start_s < end
        stamp = f"<{_vtt_clock(word.start_s)}>" if inside else ""
        pieces.append(f"{stamp}{_escaped(word.text)}")
    return " ".join(pieces)


def _start(line: TimedLine) -> float:
    return line.words[0].start_s


def _worded(line: TimedLine) -> str:
    words = " ".join(f"<{clock(word.start_s)}>{_text(word.text)}" for word in line.words)
    return f"{words} <{clock(line.words[-1].end_s)}>"


def _text(text: str) -> str:
    return " ".join(text.split()).translate(_PLAIN)


def _escaped(text: str) -> str:
    plain = " ".join(text.split()).replace("-->", "→")
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _vtt_clock(seconds: float) -> str:
    milli = round(max(0.0, seconds) * 1000)
    return f"{milli // 3_600_000:02}:{milli // 60_000 % 60:02}:{milli // 1000 % 60:02}.{milli % 1000:03}"
