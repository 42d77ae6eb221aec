"""The patch library: what a second of a new note costs in CPU time, engine by engine, and every kit."""

from __future__ import annotations

import time
from collections import defaultdict

from pydantic import TypeAdapter

from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.patch import Patch
from noktvrn.sound.score import RATE
from noktvrn.sound.style import _library, load_kit
from noktvrn.sound.synthesis.drums import DrumVoice, strike
from noktvrn.sound.synthesis.instrument import Instrument

PITCHES = (40, 45, 52, 57, 60, 64, 67, 72)
SECONDS = 1.2
LIMIT_MS = 12.0
"""No patch may cost more: with 60 such notes of 2 s a part is still below 1.5 CPU s."""


def cost_ms(patch: Patch) -> float:
    """CPU milliseconds a second of note, cold tables included; the best of two instruments."""
    best = float("inf")
    for seed in (1, 2):
        player = Instrument("bench", patch, SoundIdentity(seed=seed, style="pop"), 0.3, 2.0)
        started, samples = time.process_time(), 0
        for pitch in PITCHES:
            samples += player.take((pitch,), SECONDS, 0.75, 0).sound().shape[1]
        best = min(best, (time.process_time() - started) * RATE / samples)
    return 1000.0 * best


def kit_ms(name: str) -> float:
    """CPU milliseconds of a kit: every voice once at full strength."""
    voices = [DrumVoice.model_validate(fields) for fields in load_kit(name).voices.values()]
    started = time.process_time()
    for voice in voices:
        strike(voice, 1.0, 1)
    return 1000.0 * (time.process_time() - started)


def main() -> None:
    """Prints the mean of every engine, the dearest patches and the kits."""
    shelf = {name: TypeAdapter(Patch).validate_python(f) for name, f in _library("patches.toml").items()}
    cost_ms(shelf["saw_bass"])
    costs = {name: cost_ms(patch) for name, patch in shelf.items()}
    engines: defaultdict[str, list[float]] = defaultdict(list)
    for name, patch in shelf.items():
        engines[patch.engine].append(costs[name])
    for engine, found in sorted(engines.items()):
        print(f"{engine:15s} {len(found):3d} patches, {sum(found) / len(found):5.2f} ms a second of note")
    dear = sorted(costs, key=lambda name: -costs[name])[:8]
    print("dearest:", ", ".join(f"{name} {costs[name]:.1f}" for name in dear))
    kits = {name: kit_ms(name) for name in _library("kits.toml")}
    print(f"{len(kits)} kits, {sum(kits.values()) / len(kits):.0f} ms for one stroke of each voice")
    worst = max(costs.values())
    print(f"worst {worst:.1f} ms, {'within' if worst <= LIMIT_MS else 'over'} {LIMIT_MS:.0f} ms")


if __name__ == "__main__":
    main()
