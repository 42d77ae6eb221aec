"""Do two thousand profiles read like two thousand? Sentences and content 5-grams they share, names masked.

Run: `python -m bench.profiles [--seeds 10] [--worst 12]`. Two hundred prompts, ten seeds each. The stage name
and its parts, every spelling of its genre and subgenres, and numbers are masked; then every text is cut into
sentences and counted once a profile. Notes that begin "Notice: " are the writer's word to the person and are
left out. A content word is any word that is no function word (articles, pronouns, prepositions, conjunctions,
auxiliaries, particles: `FUNCTION_WORDS`); a content 5-gram is five of them in a row within one sentence.
"""

from __future__ import annotations

import argparse
import re
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noktvrn.kernel.seeds import seed_of
from noktvrn.model.artist import Profile
from noktvrn.providers.procedural_writer.writer import ProceduralWriter
from noktvrn.reference import Genre, Reference, load
from noktvrn.roles.writer import ProfileRequest
from noktvrn.settings import Settings

PROMPTS = Path(__file__).parents[1] / "tests" / "data" / "prompts200.toml"
SENTENCE_WORDS, GRAM = 6, 5
SENTENCE_SHARE, GRAM_SHARE = 0.02, 0.05
"""No sentence of six words or more in over 2 % of profiles, no content 5-gram in over 5 %."""

_FUNCTION_WORDS = """
    a an the this that these those there here it its itself they them their theirs he him his she her hers
    we us our ours you your yours i me my mine one ones who whom whose which what when where why how of in
    on at by to from for with without into onto over under between behind before after above below beside
    against through about around across up down out off as than like until till since during and or but nor
    so yet if because while though although not no never is are was were be been being am do does did done
    has have had having will would shall should can could may might must let lets s t re ve ll d m too also
    only just very even still again then now more most less least some any all both each every either
    neither other another such own same
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_EXCLUDES = re.compile(
    r"\b(?:no|not|without|never|nor|leave out|absence|struck|withdrawn|ban|asking for|fell away|place where)"
    r"\b"
)
_END = re.compile(r"(?<=[.!?])[\"\u201d)]?\s+|\n+")


@dataclass(slots=True)
class Shares:
    """In how many of `profiles` each sentence of six words or more and each content 5-gram stands."""

    profiles: int = 0
    sentences: Counter[str] = field(default_factory=Counter)
    grams: Counter[str] = field(default_factory=Counter)

    def add(self, texts: Iterable[str]) -> None:
        """Counts the sentences and 5-grams of one profile, each once; the texts are masked."""
        lines = [words(sentence) for text in texts for sentence in _END.split(text)]
        self.profiles += 1
        self.sentences.update({" ".join(line) for line in lines if len(line) >= SENTENCE_WORDS})
        self.grams.update({gram for line in lines for gram in grams(line)})

    def worst_sentence(self) -> float:
        """The share of the commonest sentence, 0..1."""
        return max(self.sentences.values(), default=0) / max(1, self.profiles)

    def worst_gram(self) -> float:
        """The share of the commonest content 5-gram, 0..1."""
        return max(self.grams.values(), default=0) / max(1, self.profiles)


def words(text: str) -> list[str]:
    """The words of a text in lower case, numbers as `#`."""
    return ["#" if word.isdigit() else word for word in (found.lower() for found in _WORD.findall(text))]


def grams(line: Sequence[str]) -> Iterator[str]:
    """The content 5-grams of one sentence."""
    content = [word for word in line if word not in FUNCTION_WORDS]
    for start in range(len(content) - GRAM + 1):
        yield " ".join(content[start : start + GRAM])


def masked(profile: Profile, tables: Reference) -> tuple[str, ...]:
    """Every text of a profile with its names, every spelling of its genre, and numbers masked."""
    name = profile.stage_name
    parts = [re.escape(part) for part in sorted({name, *name.split()}, key=len, reverse=True)]
    own = re.compile(rf"\b(?:{'|'.join(parts)})\b")
    genre = _genre_names(tables.genres[profile.genre])
    return tuple(re.sub(r"\d+", "#", genre.sub("GENRE", own.sub("NAME", text))) for text in texts(profile))


def texts(profile: Profile) -> tuple[str, ...]:
    """What a reader reads of a profile."""
    return (
        profile.biography,
        profile.backstory,
        profile.style_description,
        profile.persona.description,
        profile.target_audience,
        *(note for note in profile.notes if not note.startswith("Notice: ")),
        profile.visual_identity_prompt,
        profile.song_prompt_generator,
        profile.video_prompt_generator,
    )


def _genre_names(genre: Genre) -> re.Pattern[str]:
    """Every spelling of a genre and its subgenres."""
    known = {genre.id, genre.name, *genre.subgenres, *genre.aliases}
    spelt = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return re.compile(rf"\b(?:{spelt})\b", re.IGNORECASE)


def rows() -> list[dict[str, Any]]:
    """The two hundred prompts with what is expected of them."""
    found: list[dict[str, Any]] = tomllib.loads(PROMPTS.read_text("utf-8"))["prompt"]
    return found


def write(writer: ProceduralWriter, text: str, turn: int) -> Profile:
    """The profile of a prompt for its `turn`-th seed."""
    return writer.profile(ProfileRequest(prompt=text, seed=seed_of(text) + turn))


def obedience(row: dict[str, Any], profile: Profile, tables: Reference) -> dict[str, tuple[int, int]]:
    """Of each kind of wish in a row: how many were granted, and how many there were."""
    prose = " ".join(
        (*texts(profile), *profile.themes, *profile.instrumentation, *profile.persona.traits)
    ).lower()
    back = [any(word in prose for word in wish.split("|")) for wish in row.get("back", ())]
    kept = [not _affirmed(word, prose) for word in row.get("never", ())]
    family = tables.genres[profile.genre].family
    return {
        "family": (family in row.get("families", [family]), "families" in row),
        "words that come back": (sum(back), len(back)),
        "exclusions kept": (sum(kept), len(kept)),
        "voice": (_voice(row.get("voice", ""), profile), "voice" in row),
    }


def _affirmed(word: str, prose: str) -> bool:
    """Whether a text says an excluded word in a sentence that excludes nothing."""
    stating = (sentence for sentence in _END.split(prose) if not _EXCLUDES.search(sentence))
    return any(re.search(rf"\b{word}", sentence) for sentence in stating)


def _voice(wish: str, profile: Profile) -> bool:
    said = f"{profile.voice.type} {profile.voice.delivery}".lower()
    if wish == "none":
        return "instrumental" in said
    return wish == "any" or any(word in said for word in wish.split("|"))


def main() -> None:
    """Prints the worst shares, the time a profile takes and how well prompts are obeyed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--worst", type=int, default=12)
    asked = parser.parse_args()
    tables = load(Settings(_env_file=None))
    writer = ProceduralWriter(tables)
    for row in rows()[:5]:
        write(writer, row["text"], 0)
    shares, granted, spent = Shares(), Counter[str](), 0.0
    for row in rows():
        for turn in range(asked.seeds):
            began = time.process_time()
            profile = write(writer, row["text"], turn)
            spent += time.process_time() - began
            shares.add(masked(profile, tables))
            for wish, (kept, wanted) in obedience(row, profile, tables).items():
                granted[wish] += min(kept, wanted)
                granted[f"of {wish}"] += wanted
    report(shares, granted, spent, asked.worst)


def report(shares: Shares, granted: Counter[str], spent: float, worst: int) -> None:
    """Prints the figures."""
    count = shares.profiles
    print(f"{count} profiles, {1000 * spent / count:.1f} ms CPU each")
    limits = f"limits {SENTENCE_SHARE:.0%} and {GRAM_SHARE:.0%}"
    print(
        f"worst sentence {shares.worst_sentence():.2%}, content 5-gram {shares.worst_gram():.2%} ({limits})"
    )
    for title, counts in (("sentence", shares.sentences), ("5-gram", shares.grams)):
        for text, times in counts.most_common(worst):
            print(f"  {times / count:6.2%} {title}: {text}")
    for wish in [key for key in granted if not key.startswith("of ") and granted[f"of {key}"]]:
        print(f"{wish}: {granted[wish] / granted[f'of {wish}']:.1%} of {granted[f'of {wish}']}")


if __name__ == "__main__":
    main()
