"""Release dates: Fridays, a plan's wish, never close to another release."""

from __future__ import annotations

from datetime import date
from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from noktvrn.production.dates import FRIDAY, candidates


@given(st.dates(date(2026, 1, 1), date(2100, 1, 1)))
def test_without_a_wish_every_candidate_is_a_friday_after_the_lead(earliest: date) -> None:
    days = list(islice(candidates(earliest, None), 5))
    assert all(day.weekday() == FRIDAY and day >= earliest for day in days)
    assert all((later - day).days == 7 for day, later in pairwise(days))


@given(st.dates(date(2026, 1, 1), date(2100, 1, 1)), st.dates(date(2026, 1, 1), date(2100, 1, 1)))
def test_a_wish_comes_first_where_the_lead_allows_it(earliest: date, wish: date) -> None:
    first, second = islice(candidates(earliest, wish), 2)
    assert first == wish if wish >= earliest else first >= earliest
    assert second >= max(earliest, wish)
