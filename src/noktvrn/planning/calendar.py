"""The calendar: an artist's days with a complete brief for each."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from noktvrn.kernel.clock import aware
from noktvrn.kernel.errors import Invalid
from noktvrn.kernel.ids import BriefId, PlanId, derive
from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.artist import Artist
from noktvrn.model.brief import Brief, ContentType
from noktvrn.model.plan import ContentPlan, PlanItem
from noktvrn.planning.arc import PURPOSE, Arc, Chapter, Colour, chapter_at
from noktvrn.planning.lengths import SHORTEST, draw_length
from noktvrn.planning.pacing import LEAD_DAYS, SINGLE_GAP_DAYS, Slot, draw_slots, spread_films

LONGEST_PLAN_DAYS = 366
TEASER_SECONDS = (15, 20, 30)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One slot with everything decided but its brief's identity."""

    on: date
    kind: ContentType
    chapter: Chapter
    colour: Colour
    duration_s: int
    film: bool
    about: str


def make_plan(
    artist: Artist,
    *,
    starts_on: date,
    days: int,
    seed: int,
    now: datetime,
    existing_release_dates: Sequence[date] = (),
    duration_factor: float = 1.0,
) -> ContentPlan:
    """A content plan over `days` days from `starts_on`, that day included.

    The same artist version, window, seed, near releases and duration factor give the same id and content;
    only `created_at` is `now`. `existing_release_dates` are store releases fixed elsewhere, before, in or
    after the window. `duration_factor` is how much longer than usual the artist's songs have become.

    Raises:
        Invalid: `days` is not 1..366, or the window leaves the calendar.
    """
    _check_window(starts_on, days)
    near = _near(existing_release_dates, starts_on, days)
    plan_id = PlanId(derive("plan", artist.id, artist.version, starts_on, days, seed, near, duration_factor))
    strategy = artist.profile.settings.release_strategy
    rng = dice(seed, artist.id, artist.version, "plan", starts_on, days)
    slots = draw_slots(strategy, starts_on=starts_on, days=days, rng=rng, fixed=near)
    arc = Arc(artist.profile, derive_seed(seed, artist.id))
    pieces = _Draft(artist, arc, starts_on, days, rng, duration_factor).pieces(slots)
    return ContentPlan(
        id=plan_id,
        artist_id=artist.id,
        artist_version=artist.version,
        starts_on=starts_on,
        days=days,
        seed=seed,
        arc=arc.summary(),
        items=tuple(_item(artist, plan_id, seed, index, pieces) for index in range(len(pieces))),
        created_at=aware(now),
    )


def _check_window(starts_on: date, days: int) -> None:
    if not 1 <= days <= LONGEST_PLAN_DAYS:
        raise Invalid(
            f"A plan of {days} days cannot be made.",
            code="plan.bad_length",
            hint=f"Ask for 1 to {LONGEST_PLAN_DAYS} days, for example --days 90.",
        )
    if (date.max - starts_on).days < days or (starts_on - date.min).days < LEAD_DAYS:
        raise Invalid(
            f"A plan from {starts_on} over {days} days leaves the calendar.",
            code="plan.bad_start",
            hint="Choose a first day nearer to today.",
        )


def _near(releases: Sequence[date], starts_on: date, days: int) -> tuple[date, ...]:
    """The releases that can be too close to one of the plan, sorted."""
    before = (starts_on - date.min).days
    low, high = -min(before, SINGLE_GAP_DAYS), days + SINGLE_GAP_DAYS
    return tuple(sorted({day for day in releases if low < (day - starts_on).days < high}))


@dataclass(frozen=True, slots=True)
class _Draft:
    """Turns slots into pieces: kind, colour, length, film."""

    artist: Artist
    arc: Arc
    starts_on: date
    days: int
    rng: random.Random
    duration_factor: float

    def pieces(self, slots: tuple[Slot, ...]) -> list[_Piece]:
        singles = self._singles([slot for slot in slots if slot.single])
        return [singles[slot.on] if slot.single else self._small(slot.on, singles) for slot in slots]

    def _singles(self, slots: list[Slot]) -> dict[date, _Piece]:
        ratio = self.artist.profile.settings.release_strategy.video_release_ratio
        films = spread_films(len(slots), ratio, self.rng)
        heard: Counter[Chapter] = Counter()
        pieces: dict[date, _Piece] = {}
        for slot, film in zip(slots, films, strict=True):
            chapter = self._chapter(slot.on)
            colour = self.arc.colour(chapter, heard[chapter])
            heard[chapter] += 1
            seconds = draw_length(self.artist.profile.sound.style, self.rng, self.duration_factor)
            pieces[slot.on] = _Piece(slot.on, "single", chapter, colour, seconds, film, "a single")
        return pieces

    def _small(self, on: date, singles: dict[date, _Piece]) -> _Piece:
        """A teaser of the single that is made but not out yet, else a post."""
        chapter = self._chapter(on)
        coming = next((single for day, single in singles.items() if 0 < (day - on).days <= LEAD_DAYS), None)
        if coming and not self._prefers_post():
            about = f"a teaser of the single of {coming.on}"
            return _Piece(on, "teaser", chapter, coming.colour, coming.duration_s, True, about)
        last = next((single for day, single in reversed(singles.items()) if day < on), None)
        colour = last.colour if last else self.arc.colour(chapter, 0)
        if self._posts_a_week() == 0:
            return _Piece(on, "teaser", chapter, colour, SHORTEST, True, "a short film of the artist's world")
        about = f"a post after the single of {last.on}" if last else "a post ahead of the first single"
        return _Piece(on, "post", chapter, colour, SHORTEST, False, about)

    def _posts_a_week(self) -> int:
        return self.artist.profile.settings.release_strategy.social_media_post_frequency

    def _prefers_post(self) -> bool:
        """The more an artist posts, the more often a post stands where a teaser could: at most 2 in 3."""
        return self.rng.random() < min(2 / 3, self._posts_a_week() / 10)

    def _chapter(self, on: date) -> Chapter:
        return chapter_at((on - self.starts_on).days, self.days)


def _item(artist: Artist, plan_id: PlanId, seed: int, index: int, pieces: list[_Piece]) -> PlanItem:
    piece = pieces[index]
    lead = timedelta(days=LEAD_DAYS if piece.kind == "single" else 0)
    seed = derive_seed(seed, plan_id, "brief", index)
    brief = Brief(
        id=BriefId(derive("brief", plan_id, index)),
        artist_id=artist.id,
        artist_version=artist.version,
        seed=seed,
        content_type=piece.kind,
        theme=piece.colour.theme,
        mood=piece.colour.mood,
        duration_s=piece.duration_s,
        with_video=piece.film,
        teaser_s=dice(seed, "teaser").choice(TEASER_SECONDS),
        due_on=piece.on,
        note=(
            f"{index + 1} of {len(pieces)} in plan {plan_id}: {piece.about}."
            f" The {piece.chapter} {PURPOSE[piece.chapter]}."
        ),
    )
    return PlanItem(on=piece.on, produce_by=piece.on - lead, chapter=piece.chapter, brief=brief)
