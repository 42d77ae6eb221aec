"""Nearness to earlier songs: whole lines, runs of words, runs of meaning, rhymes, and what a person wrote."""

from __future__ import annotations

import pytest

from noktvrn.words.catalogue import echoed, nearest, reused

SONG = "\n".join(
    (
        "The lighthouse turns above the frozen bay",
        "I count the ships until they fade from sight",
        "You wrote my name and let it wash away",
        "And nobody is waiting up tonight",
    )
)
OTHER = "\n".join(
    (
        "A kettle sings behind a yellow door",
        "My mother kept the receipts in a tin",
        "We danced with paper hats upon the floor",
        "And let the neighbours and their dog come in",
    )
)
CATALOGUE = (("Other", OTHER), ("Song", SONG))


def test_a_song_is_nearest_to_itself_and_far_from_another() -> None:
    found = nearest(SONG, CATALOGUE)
    assert (found.title, found.runs, found.rhymes) == ("Song", 1.0, 0.0)
    assert found.lines == tuple(SONG.split("\n"))
    assert nearest(SONG, CATALOGUE[:1]) == nearest(SONG, ()) == nearest("", CATALOGUE)


def test_the_share_of_runs_is_that_of_the_draft() -> None:
    half = "\n".join(SONG.split("\n")[:2])
    runs, total = len(half.split()) - 4, len(f"{half} {OTHER}".split()) - 4
    assert nearest(f"{half}\n{OTHER}", [("Half", half)]).runs == pytest.approx(runs / total)


def test_case_and_marks_hide_no_line() -> None:
    shouted = SONG.split("\n")[1].upper() + "!"
    assert reused(f"{shouted}\nSomething else entirely new here", CATALOGUE) == (shouted,)


def test_short_lines_are_nobodys() -> None:
    assert reused("Hold on tonight", [("Song", "Hold on tonight")]) == ()
    assert reused("Hold on to me", [("Song", "Hold on to me")]) == ("Hold on to me",)


def test_pictures_in_the_same_order_are_an_echo_whatever_joins_them() -> None:
    varied = "You count no ships, until they fade"
    assert reused(varied, CATALOGUE) == ()
    assert echoed(varied, CATALOGUE) == (varied,)
    assert echoed("Until they fade I count the ships", CATALOGUE) == ()


def test_an_echo_is_heard_over_the_end_of_a_line() -> None:
    first, second = "Upon the frozen bay I", "count ships until you fade"
    assert echoed(f"{first}\n{second}", CATALOGUE) == ()
    assert echoed(f"The frozen bay\nI count the ships until\n{OTHER}", [("Song", SONG)]) == ()
    assert echoed("Above a frozen pool\nWe count ships until they fade", [("Song", SONG)]) == (
        "We count ships until they fade",
    )


def test_a_persons_lines_may_stand_anywhere() -> None:
    own = SONG.split("\n")[:3]
    draft = "\n".join((*own, "A new line of four words"))
    assert reused(draft, CATALOGUE, own) == echoed(draft, CATALOGUE, own) == ()
    assert nearest(draft, CATALOGUE, own=own).lines == ()
    assert len(reused(draft, CATALOGUE)) == 3


def test_rhymes_tell_only_where_there_are_enough_of_them() -> None:
    ends = ("night", "light", "door", "floor", "stone", "alone", "rain", "train")
    mine = "\n".join(f"my words of number {place} then {end}" for place, end in enumerate(ends))
    other = "\n".join(f"quite another thing {end}" for end in ends)
    assert nearest(mine, [("Other", other)]).rhymes == 1.0
    assert nearest("\n".join(mine.split("\n")[:4]), [("Other", other)]).rhymes == 0.0
    assert nearest(mine, [("Other", other)], language="fr").rhymes == 0.0, "rhymes nobody judges"
