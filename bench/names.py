"""One name against 100,000: the index's build and query, disguises caught, false alarms on invented names.

Run: `python -m bench.names [--names 100000]`. CPU time of one thread; the limit for a query is 50 ms.
"""

from __future__ import annotations

import argparse
import statistics
import time
import tomllib
from pathlib import Path

from noktvrn.providers.procedural_writer.naming import characters, coin
from noktvrn.words.names import collides, known_acts
from noktvrn.words.namesakes import Namesakes

DISGUISES = Path(__file__).parents[1] / "tests" / "data" / "disguised_names.toml"
FAMILIES = ("techno", "hip_hop", "folk", "metal", "ambient", "pop")
INVENTED = 5_000
QUERIES = 200


def invented(count: int, first: int = 0) -> list[str]:
    """`count` different names of the embedded writer."""
    moods = sorted({mood for character in characters() for mood in character.moods})
    found: dict[str, None] = {}
    seed = first
    while len(found) < count:
        found[coin(seed, family=FAMILIES[seed % len(FAMILIES)], moods=[moods[seed % len(moods)]]).text] = None
        seed += 1
    return list(found)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=100_000)
    asked = parser.parse_args()
    names = invented(asked.names)
    began = time.process_time()
    index = Namesakes(names)
    print(f"index of {len(index):,} names built once in {time.process_time() - began:.1f} CPU s")
    rows = [row for trick in tomllib.loads(DISGUISES.read_text("utf-8")).values() for row in trick]
    queries = [shown for shown, _ in rows] + invented(QUERIES, 10_000_000)
    spent = sorted(1000 * _cpu_s(index, name) for name in queries)
    worst = spent[-1]
    print(f"one name against them: median {statistics.median(spent):.1f} ms, worst {worst:.1f} ms (limit 50)")
    caught = sum(collides(shown) == name for shown, name in rows)
    print(f"disguises of known names caught: {caught} of {len(rows)}")
    fresh = invented(INVENTED)
    alarms = [name for name in fresh if collides(name)]
    share = len(alarms) / len(fresh)
    print(
        f"false alarms on {len(fresh):,} invented names against {len(known_acts())}: {share:.2%} (limit 1 %)"
    )


def _cpu_s(index: Namesakes, name: str) -> float:
    began = time.process_time()
    index.nearest(name)
    return time.process_time() - began


if __name__ == "__main__":
    main()
