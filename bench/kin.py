"""A long catalogue: how many draws each of a hundred covers of one artist needs to be like none before.

As the cover stage draws them: a proof a try, more variety from try to try. `python -m bench.kin
[motif ...]` takes all families where none is named, and takes its time: minutes for each.
"""

from __future__ import annotations

import random
import sys
import time
from itertools import count, cycle

from noktvrn.model.look import VisualIdentity
from noktvrn.picture.compose import PREVIEW, Commission, compose
from noktvrn.picture.fingerprint import fingerprint, likeness
from noktvrn.picture.identity import make_look
from noktvrn.picture.motifs import MOTIFS
from noktvrn.production.stages.cover import PROOFS, variety_of

SONGS = 100
TITLES = (
    "Salt Cathedral",
    "Under the Pier",
    "Ferry",
    "A Long Way Home from the Harbour",
    "Glass",
    "Amber",
    "Seven",
)
MOODS = ("melancholic", "hopeful", "angry", "calm")


def main() -> None:
    """Prints one line a motif."""
    for name in sys.argv[1:] or sorted(MOTIFS):
        start = time.process_time()
        needed = draws_of(name)
        found = [number for number in needed if number <= PROOFS]
        told = f"{sum(found) / len(found):5.2f} draws a song, most {max(found):2d}"
        failed, cpu = len(needed) - len(found), time.process_time() - start
        print(f"kin {name:<12} {told}, found none {failed:2d} of {SONGS} ({cpu:4.0f} CPU s)", flush=True)


def draws_of(motif: str) -> list[int]:
    """Draws each song needed; one more than there are where every proof was like another cover."""
    look = make_look(5, moods=["melancholic"], looks=[], stage_name="Vesper Line")
    look = look.model_copy(update={"motif": motif})
    kept: list[str] = []
    return [_draws(look, song, title, kept) for song, title in zip(range(SONGS), cycle(TITLES))]


def _draws(look: VisualIdentity, song: int, title: str, kept: list[str]) -> int:
    chance = random.Random(song)
    energy = tuple(chance.random() for _ in range(24))
    for number in count(1):
        job = Commission(
            "cover", look, PREVIEW, PREVIEW, chance.getrandbits(60), "Vesper Line", title, energy,
            MOODS[song % len(MOODS)], variety_of(number),
        )  # fmt: skip
        mark = fingerprint(compose(job).pixels)
        if not any(likeness(mark, other).may_copy for other in kept):
            kept.append(mark)
            break
        if number == PROOFS:
            return PROOFS + 1
    return number


if __name__ == "__main__":
    main()
