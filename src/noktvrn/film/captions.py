"""Captions: how lines are broken and timed, and the SubRip and WebVTT files of them.

Limits are those broadcasters agree on: at most two lines of 42 characters, at most 25 characters a second.
WebVTT: https://www.w3.org/TR/webvtt1/
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from noktvrn.model.film import Cue

LINE_CHARS = 42
LINES = 2
CHARS_PER_S = 25.0
SHORTEST_S = 1.2


def broken(text: str) -> str:
    """`text` in at most two lines of at most 42 characters, broken where the two are nearest in length.

    What does not fit is cut at a word and ends with an ellipsis.
    """
    words = [piece for word in text.split() for piece in _pieces(word)]
    whole = " ".join(words)
    if len(whole) <= LINE_CHARS:
        return whole
    pairs = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    fitting = [(one, two) for one, two in pairs if len(one) <= LINE_CHARS and len(two) <= LINE_CHARS]
    if fitting:
        _, one, two = min((abs(len(one) - len(two)), one, two) for one, two in fitting)
        return f"{one}\n{two}"
    return _shortened(words)


def _pieces(word: str) -> list[str]:
    return [word[at : at + LINE_CHARS] for at in range(0, len(word), LINE_CHARS)]


def _shortened(words: Sequence[str]) -> str:
    lines = [""]
    for word in words:
        room = LINE_CHARS - (1 if len(lines) == LINES else 0)
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= room:
            lines[-1] = longer
        elif len(lines) < LINES:
            lines.append(word[: LINE_CHARS - 1])
        else:
            break
    return "\n".join(lines) + "…"


def reading_s(text: str) -> float:
    """The least time a caption has to stand."""
    return max(SHORTEST_S, len(text.replace("\n", " ")) / CHARS_PER_S)


def srt(cues: Sequence[Cue]) -> str:
    """The cues as SubRip."""
    blocks = [
        f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{_body(cue.text)}\n"
        for number, cue in enumerate(cues, 1)
    ]
    return "\n".join(blocks)


def vtt(cues: Sequence[Cue]) -> str:
    """The cues as WebVTT."""
    blocks = [
        f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n{_escaped(_body(cue.text))}\n"
        for cue in cues
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def read_srt(text: str) -> tuple[Cue, ...]:
    """The cues of a SubRip file; blocks without a time line are passed over."""
    return tuple(_cue(*match, unescape=False) for match in _BLOCK.findall(_unix(text)))


def read_vtt(text: str) -> tuple[Cue, ...]:
    """The cues of a WebVTT file; notes and styles are passed over."""
    return tuple(_cue(*match, unescape=True) for match in _BLOCK.findall(_unix(text)))


_TIME = r"(\d+:\d{2}:\d{2}[.,]\d{3})"
_BLOCK = re.compile(rf"^{_TIME} --> {_TIME}[^\n]*\n((?:[^\n]+\n?)*)", re.MULTILINE)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _clock(seconds: float, point: str) -> str:
    milli = round(seconds * 1000)
    return (
        f"{milli // 3_600_000:02}:{milli // 60_000 % 60:02}:{milli // 1000 % 60:02}{point}{milli % 1000:03}"
    )


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.replace(",", ".").split(":")
    return round(int(hours) * 3600 + int(minutes) * 60 + float(seconds), 3)


def _body(text: str) -> str:
    """The text without what would end the block early: empty lines and the arrow."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line.replace("-->", "→") for line in lines if line)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cue(start: str, end: str, body: str, *, unescape: bool) -> Cue:
    text = body.rstrip("\n")
    if unescape:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return Cue(start_s=_seconds(start), end_s=_seconds(end), text=text)
