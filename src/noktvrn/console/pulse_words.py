"""What the first place says of the label."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from noktvrn.console.cells import plain
from noktvrn.console.moments import day_and_time, dollars, lasted
from noktvrn.label.overview import Glance
from noktvrn.storage.ledger.showing import ReleaseLine

BEGIN = 'noktvrn debut --prompt "Quiet piano for snowy streets"'
NAME_CELLS = 10


def at_work(data: Glance) -> Content:
    """The head of what is being made; that nobody works on it, where that is so."""
    if data.at_work and not data.workers:
        return Content.assemble("At work", ("  no worker is alive: noktvrn worker goes on", "$warning"))
    return Content("At work")


def nothing(data: Glance) -> Content:
    """What to do where nothing is being made."""
    if not data.artists:
        return Content.assemble(
            "This label has no artists yet. A sentence makes the first one:\n\n",
            (f"  {BEGIN}", "bold $accent"),
        )
    return Content.assemble(
        ("Nothing is being made. ", "$text-muted"), "noktvrn run start ARTIST", (" begins.", "$text-muted")
    )


def facts(data: Glance, now: datetime) -> Content:
    """How the label stands, one fact a line."""
    told = (
        ("desk", *_desk(data, now)),
        ("queue", *_queue(data)),
        ("today", *_today(data)),
        ("label", *_label(data)),
        ("autopilot", "on, within its caps" if data.autopilot else "off", ""),
        ("faults", *_faults(data)),
    )
    lines = [
        Content.assemble((name.ljust(NAME_CELLS), "$text-muted"), (text, style)) for name, text, style in told
    ]
    return Content("\n").join(lines)


def releases(found: Sequence[ReleaseLine]) -> Content:
    """The last releases."""
    head = Content.styled("Last releases", "bold $text-muted")
    if not found:
        return Content("\n").join([head, Content.styled("None yet.", "$text-muted")])
    lines = [
        Content.assemble(
            (f"{one.sealed_at:%d %b}  ", "$text-muted"), f"{plain(one.artist_name)} · {plain(one.title)}"
        )
        for one in found
    ]
    return Content("\n").join([head, *lines])


def started(gone: int) -> str:
    """What a start came to."""
    return f"The label goes on, and {gone} held run(s) with it." if gone else "The label goes on."


def autopilot(*, wanted: bool, may: bool) -> str:
    """What switching autopilot came to."""
    if wanted and not may:
        return "The settings forbid autopilot: NOKTVRN_AUTOPILOT_ALLOWED."
    return f"Autopilot is {'on' if may else 'off'}."


def _desk(data: Glance, now: datetime) -> tuple[str, str]:
    if data.first_ends is None:
        return "nothing waits", ""
    return f"{data.waiting} wait, first ends in {lasted(data.first_ends - now)}", "$warning"


def _queue(data: Glance) -> tuple[str, str]:
    queued = f"{data.states.get('queued', 0)} queued"
    if data.workers:
        return f"{queued} · {data.workers} worker{'s' * (data.workers != 1)} alive", ""
    return f"{queued} · no worker alive", "$warning" if _is_busy(data) else ""


def _is_busy(data: Glance) -> bool:
    return any(data.states.get(state) for state in ("queued", "producing", "approved", "releasing"))


def _today(data: Glance) -> tuple[str, str]:
    line = data.today
    out = line.spent + line.held
    held = f" ({dollars(line.held)} held)" if line.held else ""
    if line.cap is None:
        return f"{dollars(out)} USD{held}, no limit", ""
    full = out >= line.cap
    return (
        f"{'! ' if full else ''}{dollars(out)} of {dollars(line.cap)} USD{held}",
        "$warning" if full else "",
    )


def _label(data: Glance) -> tuple[str, str]:
    if data.stop is None:
        return f"● works, {data.artists} artist{'s' * (data.artists != 1)}", "$success"
    since = f"since {day_and_time(data.stop.at)}"
    return f"■ stopped: {data.stop.reason}" if data.stop.reason else f"■ stopped {since}", "bold $error"


def _faults(data: Glance) -> tuple[str, str]:
    return (f"✗ {data.faults} open: noktvrn faults list", "bold $error") if data.faults else ("none", "")
