"""The review of a draft: what a reader would say of it, in figures, before anybody else sees it.

The validator says what may not be; the review says how good what is there is. Every criterion is a number in
0..1 that can be computed again from the draft alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import chain

from noktvrn.model.artist import Profile
from noktvrn.words.similarity import containment
from noktvrn.words.tokens import words_of

PASS = 0.6
"""The mean from which a draft is good enough; below it another one is asked for."""
_STEM = 5
_EMPTY = frozenset(
    [
        *("about", "after", "also", "artist", "artists", "band", "been", "between", "from", "full", "have"),
        *("into", "like", "make", "makes", "making", "more", "music", "only", "over", "singer", "sings"),
        *(
            "some",
            "song",
            "songs",
            "sound",
            "sounds",
            "that",
            "their",
            "them",
            "they",
            "this",
            "very",
            "what",
        ),
        *("when", "where", "which", "while", "whose", "with", "without", "would", "your"),
    ]
)
_FEEDBACK = {
    "prompt": "Speak of what the prompt asked for, in its own images.",
    "coherence": "Let biography, backstory and style speak of the same themes.",
    "variety": "Say no sentence twice.",
    "distance": "Tell another story than the other artists of the label.",
    "detail": "Give things, places and hours instead of adjectives.",
}


def review(profile: Profile, *, prompt: str, biographies: Collection[str] = ()) -> dict[str, float]:
    """Criterion -> score in 0..1.

    `prompt`: the share of the prompt's words that came back; half of it is given away, for synonyms.
    `coherence`: the share of the themes the texts return to. `variety`: sentences that stand only once.
    `distance`: how little of the biography another one of the label holds. `detail`: different words used.
    """
    texts = _texts(profile)
    return {
        "prompt": round(_heeded(prompt, profile), 3),
        "coherence": round(_coherent(profile, texts), 3),
        "variety": round(_varied(texts), 3),
        "distance": round(
            1 - max((containment(profile.biography, one) for one in biographies), default=0.0), 3
        ),
        "detail": round(_detailed(texts), 3),
    }


def verdict(scores: Mapping[str, float]) -> float:
    """One number for the whole review: the mean, held down by its weakest criterion."""
    mean = sum(scores.values()) / len(scores)
    return round(min(mean, 0.4 + min(scores.values())), 3)


def feedback(scores: Mapping[str, float]) -> tuple[str, ...]:
    """What to tell a writer, weakest criterion first."""
    weak = sorted((score, name) for name, score in scores.items() if score < PASS)
    return tuple(_FEEDBACK[name] for _, name in weak)


def _texts(profile: Profile) -> tuple[str, ...]:
    return (
        profile.biography,
        profile.backstory,
        profile.style_description,
        profile.persona.description,
        profile.target_audience,
        profile.visual_identity_prompt,
        profile.song_prompt_generator,
        profile.video_prompt_generator,
    )


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in words_of(text) if len(word) > 3 and word not in _EMPTY)


def _heeded(prompt: str, profile: Profile) -> float:
    asked = _stems(prompt)
    tags = (profile.genre, *profile.subgenres, *profile.moods, *profile.themes, *profile.instrumentation)
    answered = _stems(" ".join((*_texts(profile), *tags, profile.voice.type, profile.voice.delivery)))
    return 0.5 + 0.5 * len(asked & answered) / len(asked) if asked else 1.0


def _coherent(profile: Profile, texts: Collection[str]) -> float:
    spoken = _stems(" ".join(texts))
    themes = [_stems(theme) for theme in profile.themes[:3]]
    told = [theme for theme in themes if theme]
    return sum(bool(theme & spoken) for theme in told) / len(told) if told else 1.0


def _varied(texts: Collection[str]) -> float:
    found = chain.from_iterable(re.split(r"(?<=[.!?])\s+", text) for text in texts)
    sentences = [" ".join(words_of(one)) for one in found if len(words_of(one)) > 4]
    return len(set(sentences)) / len(sentences) if sentences else 0.0


def _detailed(texts: Collection[str]) -> float:
    """Different long words among the long words; 0.5 of them new is as good as it gets."""
    said = [word for word in words_of(" ".join(texts)) if len(word) > 3]
    return min(1.0, 2 * len(set(said)) / len(said)) if said else 0.0
