"""The queue of the desk: what waits, longest first, and what became of what has left it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from noktvrn.console.cells import cut, plain
from noktvrn.console.screens.review_words import KINDS, MUTED, by_whom, left_until
from noktvrn.kernel.errors import NotFound
from noktvrn.label.label import Label
from noktvrn.label.phone.sheets import ENDED
from noktvrn.model.run import RunState
from noktvrn.model.verdict import ReviewItem, Verdict

PAGE = 100
"""Entries shown at once; as they are decided, those behind them come up."""
SOON = timedelta(hours=6)
TOLD = 3
"""Entries that left the desk told of by name in one look."""


@dataclass(frozen=True, slots=True)
class Queue:
    """One look at the desk: the entries shown with their kinds, how many there are in all, what became of
    entries that were shown before, by their run."""

    items: tuple[ReviewItem, ...] = ()
    kinds: tuple[str, ...] = ()
    total: int = 0
    gone: tuple[tuple[str, str], ...] = ()
    now: datetime | None = None

    def place_of(self, run_id: str) -> int | None:
        """Where an entry stands."""
        return next((place for place, item in enumerate(self.items) if item.run_id == run_id), None)

    def find(self, run_id: str) -> ReviewItem | None:
        """An entry of what is shown."""
        place = self.place_of(run_id)
        return None if place is None else self.items[place]

    def without(self, runs: Collection[str]) -> Queue:
        """The queue when these have left it."""
        kept = [place for place, item in enumerate(self.items) if item.run_id not in runs]
        return replace(
            self,
            items=tuple(self.items[place] for place in kept),
            kinds=tuple(self.kinds[place] for place in kept),
            total=self.total - (len(self.items) - len(kept)),
            gone=(),
        )

    def beside(self, run_id: str, remaining: Collection[str]) -> str:
        """Who comes next when an entry goes: the first behind it that remains, else the last before it."""
        place = self.place_of(run_id)
        if place is None:
            return ""
        order = [*self.items[place + 1 :], *reversed(self.items[:place])]
        return next((item.run_id for item in order if item.run_id in remaining), "")


class Reader:
    """Reads the desk. One thread at a time does it; a brief's kind is read once."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}

    def read(self, label: Label, shown: Iterable[ReviewItem], is_ours: Callable[[Verdict], bool]) -> Queue:
        """What waits now, and the fate of what was `shown` before, but for what was decided here."""
        items = label.desk.queue(limit=PAGE)
        self._kinds = {item.run_id: self._kind(label, item.run_id) for item in items}
        still = {item.run_id for item in items}
        left = [item for item in shown if item.run_id not in still]
        return Queue(
            items=items,
            kinds=tuple(self._kinds.values()),
            total=label.desk.count(),
            gone=tuple((item.run_id, told) for item in left if (told := _fate(label, item, is_ours))),
            now=label.office.studio.clock.now(),
        )

    def _kind(self, label: Label, run_id: str) -> str:
        known = self._kinds.get(run_id)
        return known or str(label.runs.brief(label.runs.get(run_id)).content_type)


def _fate(label: Label, item: ReviewItem, is_ours: Callable[[Verdict], bool]) -> str:
    """What became of an entry, in a sentence; empty: it waits on, or nobody needs to be told."""
    try:
        run, verdict = label.runs.get(item.run_id), label.desk.show(item.run_id)[1]
    except NotFound:
        return ""
    if verdict is not None:
        return "" if is_ours(verdict) else f'"{cut(item.title, 40)}" was {by_whom(verdict)}.'
    if run.state is RunState.AWAITING_REVIEW:
        return ""
    return f'"{cut(item.title, 40)}": {ENDED.get(run.state, f"the run is {run.state.value}.")}'


def told_of(gone: tuple[tuple[str, str], ...]) -> str:
    """What left the desk, in a few words."""
    more = len(gone) - TOLD
    others = f" And {more} more." if more > 0 else ""
    return " ".join(told for _, told in gone[:TOLD]) + others


class Waiting(OptionList, inherit_bindings=False):
    """The list of the queue. Two rows an entry; the page keys are left to what is read beside it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor_down", show=False),
        Binding("up", "cursor_up", show=False),
        Binding("home,g", "first", show=False),
        Binding("end,G", "last", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, markup=False)
        self._queue = Queue()
        self._marked: frozenset[str] = frozenset()

    def fill(self, queue: Queue, marked: Collection[str], at: str) -> None:
        """Shows the queue with its marks, the cursor on one entry, and tells nobody that it moved."""
        ids: list[str] = [item.run_id for item in queue.items]
        before, self._queue, self._marked = self._queue, queue, frozenset(marked)
        with self.prevent(OptionList.OptionHighlighted):
            if ids == [item.run_id for item in before.items]:
                self._write()
            else:
                told = zip(ids, self._prompts(), strict=True)
                self.set_options([Option(prompt, id=one) for one, prompt in told])
            self.highlighted = ids.index(at) if at in ids else None

    def on_resize(self) -> None:
        """Entries are as wide as the list."""
        self._write()

    def _write(self) -> None:
        for place, prompt in enumerate(self._prompts()):
            if str(prompt) != str(self.get_option_at_index(place).prompt):  # writing costs more than looking
                self.replace_option_prompt_at_index(place, prompt)

    def _prompts(self) -> list[Content]:
        queue, width = self._queue, max(12, self.scrollable_content_region.width)
        return [
            entry(item, kind, queue.now, width, marked=item.run_id in self._marked)
            for item, kind in zip(queue.items, queue.kinds, strict=True)
        ]


def entry(item: ReviewItem, kind: str, now: datetime | None, width: int, *, marked: bool) -> Content:
    """Title above; artist, form and the time that is left below."""
    left = left_until(item.expires_at, now) if now is not None else ""
    soon = now is not None and item.expires_at - now < SOON
    end = f" {KINDS.get(kind, plain(kind))} {'! ' if soon else ''}{left}"
    artist = cut(item.artist_name, max(1, width - 2 - len(end)))
    return Content.assemble(
        ("● " if marked else "  ", "bold $accent"),
        (cut(item.title, width - 2) or "(no title)", "bold"),
        "\n  ",
        artist,
        " " * max(0, width - 2 - cell_len(artist) - len(end)),
        (end, "$warning" if soon else MUTED),
    )
