"""What ACE-Step is sent of a song: how it sounds in words, its lyrics under section tags, and its figures."""

from __future__ import annotations

from typing import Any

from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.song import SongPlan, quarters_per_beat
from noktvrn.providers._kit import in_words
from noktvrn.roles.composer import CompositionRequest
from noktvrn.sound.theory import key_name
from noktvrn.words.mentions import without_names

LONGEST_PROMPT = 512
LONGEST_LYRICS = 4096
SECONDS = (10.0, 600.0)
BPM = (30, 300)
STEPS = 8
SEEDS = 2**31
INSTRUMENTAL = "[inst]"
METERS = {2: "2", 3: "3", 4: "4", 6: "6"}
LANGUAGES = frozenset(
    [
        *(
            "ar",
            "az",
            "bg",
            "bn",
            "ca",
            "cs",
            "da",
            "de",
            "el",
            "en",
            "es",
            "fa",
            "fi",
            "fr",
            "he",
            "hi",
            "hr",
        ),
        *(
            "ht",
            "hu",
            "id",
            "is",
            "it",
            "ja",
            "ko",
            "la",
            "lt",
            "ms",
            "ne",
            "nl",
            "no",
            "pa",
            "pl",
            "pt",
            "ro",
        ),
        *("ru", "sa", "sk", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "yue", "zh"),
    ]
)
"""Languages the model tells apart; any other is `unknown` to it."""
_MINOR = frozenset(["minor", "dorian", "phrygian"])
_BRACKETS = str.maketrans("[]", "()")


def song(request: CompositionRequest) -> dict[str, Any]:
    """The body of /release_task. No path of this machine is ever in it."""
    plan = request.plan
    sung = in_words.has_words(request)
    body: dict[str, Any] = {
        "prompt": caption(request),
        "lyrics": sheet(request) if sung else INSTRUMENTAL,
        "vocal_language": _language(request) if sung else "unknown",
        "audio_duration": round(min(SECONDS[1], max(SECONDS[0], plan.duration_s + plan.tail_s)), 2),
        "bpm": min(BPM[1], max(BPM[0], round(plan.tempo_bpm * quarters_per_beat(plan.meter)))),
        "key_scale": key_scale(plan),
        "audio_format": "flac",
        "batch_size": 1,
        "use_random_seed": False,
        "seed": derive_seed(request.seed, "acestep") % SEEDS,
        "inference_steps": STEPS,
        "thinking": True,
    }
    meter = METERS.get(plan.meter[0])
    return {**body, "time_signature": meter} if meter else body


def key_scale(plan: SongPlan) -> str:
    """The key as the server reads it: a tonic, and major or minor, whichever the mode is nearer to."""
    mode = "minor" if plan.mode in _MINOR else "major"
    tonic, _ = key_name(plan.tonic, mode).rsplit(" ", 1)
    return f"{tonic} {mode}"


def caption(request: CompositionRequest) -> str:
    """How it sounds, in as many phrases as there is room for; no name of a known act stays in it."""
    told = ""
    for phrase in in_words.traits(request):
        plain = without_names(phrase)[0].strip()
        longer = f"{told}, {plain}" if told else plain
        if plain and len(longer) <= LONGEST_PROMPT:
            told = longer
    return told


def sheet(request: CompositionRequest) -> str:
    """The words under section tags, as many whole lines as there is room for."""
    told = ""
    for stretch in in_words.stretches(request):
        block = f"{told}\n\n[{stretch.label}]" if told else f"[{stretch.label}]"
        for line in stretch.lines:
            longer = f"{block}\n{line.translate(_BRACKETS)}"
            if len(longer) > LONGEST_LYRICS:
                return block
            block = longer
        if len(block) > LONGEST_LYRICS:
            return told
        told = block
    return told


def _language(request: CompositionRequest) -> str:
    tag = request.lyrics.language.lower().split("-")[0] if request.lyrics else ""
    return tag if tag in LANGUAGES else "unknown"
