"""Puts a whole profile together: name, music, story, persona, looks and identity from one prompt and seed."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from functools import partial

from noktvrn.kernel.seeds import derive_seed, dice
from noktvrn.model.artist import (
    ArtistSettings,
    EvolutionSettings,
    Persona,
    Profile,
    ReleaseStrategy,
    Voice,
)
from noktvrn.model.look import VisualIdentity
from noktvrn.model.sound import SoundIdentity
from noktvrn.providers.procedural_writer.casting import Casting, anchor, cast
from noktvrn.providers.procedural_writer.cues import stem, stems, word_set
from noktvrn.providers.procedural_writer.hashtags import says_again
from noktvrn.providers.procedural_writer.naming import Name, coin
from noktvrn.providers.procedural_writer.narrator import Narrator, choose
from noktvrn.providers.procedural_writer.reading import Reader, Reading
from noktvrn.providers.procedural_writer.story import Story, calls
from noktvrn.providers.procedural_writer.world import imagine, matters
from noktvrn.reference import Reference, VisualStyle
from noktvrn.roles.writer import ProfileRequest
from noktvrn.words.hashtag import name_tag, tag

GUESSED = "Notice: the prompt held no word this writer knows; genre and moods were chosen by the seed."
UNTOLD = "Notice: nothing in the prompt told a genre or a mood; both were chosen by the seed."
FOREIGN = "Notice: the prompt was read from {language} word by word; look over genre, moods and places."
_POSTS_A_WEEK = {"passive": (1, 2), "moderate": (2, 4), "active": (4, 6)}


def write_profile(request: ProfileRequest, reference: Reference, reader: Reader) -> Profile:
    """A complete profile. The same prompt, seed and names to avoid give the same profile."""
    seed = derive_seed(request.seed, "profile", " ".join(request.prompt.split()))
    reading = reader.read(request.prompt)
    casting = cast(reading, reference, dice(seed, "casting"))
    moods = tuple(mood.id for mood in casting.moods)
    name = christen(seed, casting, request.avoid_names)
    looks = _looks(casting, reference, dice(seed, "looks"))
    world = imagine(casting, reading, seed)
    narrator = choose(moods, dice(seed, "narrator"))
    themes = _themes(reading, casting, matters(reading.echoes, world), dice(seed, "themes"))
    instruments = _instruments(reading, casting, dice(seed, "instruments"))
    story = Story(
        seed,
        name,
        casting,
        narrator,
        world,
        themes=themes,
        instruments=instruments,
        reading=reading,
        look=looks[0],
    )
    chance = partial(dice, seed)
    return Profile(
        stage_name=name.text,
        genre=casting.genre.id,
        subgenres=_subgenres(reading, casting, chance("subgenres")),
        moods=moods,
        tempo=casting.tempo,
        themes=themes,
        instrumentation=instruments,
        style_description=story.described("style"),
        biography=story.biography(),
        backstory=story.backstory(),
        voice=_voice(story),
        persona=_persona(story, casting, narrator, chance("persona")),
        target_audience=story.described("audience"),
        influences=_shuffled(casting.genre.influences, chance("influences"))[:3],
        notes=(*story.notes(), *_notices(casting, reading)),
        visual_identity_prompt=story.described("visual"),
        song_prompt_generator=story.described("song"),
        video_prompt_generator=story.described("video"),
        style=casting.style,
        anchor=anchor(casting.style, story.described("statement"), chance("anchor")),
        sound=_sound(derive_seed(seed, "sound"), casting),
        look=_look(derive_seed(seed, "look"), moods, looks, name.text),
        settings=_settings(casting, chance("settings")),
    )


def christen(seed: int, casting: Casting, avoid: Collection[str]) -> Name:
    """The stage name of the artist that was cast with `seed`."""
    moods = [mood.id for mood in casting.moods]
    return coin(derive_seed(seed, "stage"), family=casting.genre.family, moods=moods, avoid=avoid)


def _shuffled(items: Sequence[str], chance: random.Random) -> tuple[str, ...]:
    return tuple(chance.sample(list(items), len(items)))


def _themes(
    reading: Reading, casting: Casting, matters: Sequence[str], chance: random.Random
) -> tuple[str, ...]:
    """What the prompt names, then what its scenes are about, then what the genre likes to sing about.

    The first three, which the story turns on, come in the order of the seed: one cue must not lead every
    artist of a prompt.
    """
    said = _shuffled([cue.theme for cue in reading.cues if cue.theme], chance)
    named = _shuffled(matters[:4], chance)[:3]
    pool = dict.fromkeys([*named, *said[: 4 - len(named)], *_shuffled(casting.genre.themes, chance)])
    refused = reading.refusals.words
    themes = [theme for theme in pool if refused.isdisjoint(theme.split())] or list(pool)
    return (*_shuffled(themes[:3], chance), *themes[3:5])


def _instruments(reading: Reading, casting: Casting, chance: random.Random) -> tuple[str, ...]:
    """Instruments the prompt named (in the genre's own wording where it has one), then the genre's."""
    refused = {stem(word) for word in reading.refusals.words}
    own = [
        line
        for line in _shuffled(casting.genre.instrumentation, chance)
        if refused.isdisjoint(stems(line)) and not _struck(line, refused)
    ]
    meant = [
        line for line in own if any(set(stems(name)) <= set(stems(line)) for name in reading.instruments)
    ]
    others = [
        name for name in reading.instruments if not any(set(stems(name)) <= set(stems(line)) for line in own)
    ]
    return tuple(dict.fromkeys([*meant, *others[:3], *own]))[:7] or casting.genre.instrumentation


def _struck(line: str, refused: Collection[str]) -> bool:
    """Whether an instrument belongs to a family that is ruled out: a hi-hat where no drums are wanted."""
    return any(
        word in refused and not set(stems(line)).isdisjoint(kin) for word, kin in _INSTRUMENT_FAMILIES.items()
    )


_INSTRUMENT_FAMILIES = {
    "drum": word_set("drum percussion hat kick snare beat kit break cymbal tom 808 rimshot clap brush"),
    "guitar": word_set("guitar riff strum"),
    "vocal": word_set("vocal voice choir chant harmony sing"),
    "voice": word_set("vocal voice choir chant harmony sing"),
    "synth": word_set("synth synthesizer pad arpeggio lead"),
    "string": word_set("string violin viola cello"),
    "brass": word_set("brass horn trumpet trombone tuba"),
}


def _subgenres(reading: Reading, casting: Casting, chance: random.Random) -> tuple[str, ...]:
    """Two subgenres, those with a word of the prompt first."""
    own = _shuffled(casting.genre.subgenres, chance)
    return tuple(sorted(own, key=lambda name: not reading.mentions(name)))[:2]


def _notices(casting: Casting, reading: Reading) -> tuple[str, ...]:
    if casting.guessed:
        return (GUESSED if reading.echoes.empty else UNTOLD,)
    return (FOREIGN.format(language=reading.language),) if reading.language else ()


def _looks(casting: Casting, reference: Reference, chance: random.Random) -> tuple[VisualStyle, ...]:
    """One or two looks of the genre; those that share a mood with the artist come first."""
    moods = {mood.id for mood in casting.moods}
    styles = [reference.visual_styles[look] for look in casting.genre.looks]
    styles.sort(key=lambda style: -len(moods.intersection(style.moods)) - chance.random())
    return tuple(styles[: chance.choice((1, 2, 2))])


def _voice(story: Story) -> Voice:
    slots = story.slots
    delivery = story.described("unsung" if story.voiceless else "delivery")
    return Voice.model_validate({"type": slots["voice"], "register": slots["register"], "delivery": delivery})


def _persona(story: Story, casting: Casting, narrator: Narrator, chance: random.Random) -> Persona:
    lead = casting.moods[0]
    traits = dict.fromkeys(trait for mood in casting.moods for trait in mood.traits)
    return Persona(
        description=story.told("persona"),
        traits=_shuffled(tuple(traits), chance)[:5],
        posting_style=lead.posting,
        engagement=lead.engagement,
        tone=f"{lead.tone}; {chance.choice(narrator.tones)}",
        call_to_action=calls(lead.posting, story.slots, chance),
        hashtags=_hashtags(story, casting),
    )


def _hashtags(story: Story, casting: Casting) -> tuple[str, ...]:
    """The artist, the genre, a subgenre that says more than the genre, the first mood, and the disclosure."""
    genre, mood = casting.genre.name, casting.moods[0].id
    finer = [name for name in _finer(story, casting) if not says_again(name, genre)]
    return tuple(
        dict.fromkeys(
            (name_tag(story.slots["name"]), *map(tag, (genre, *finer[:1], f"{mood} music", "AI music")))
        )
    )


def _finer(story: Story, casting: Casting) -> tuple[str, ...]:
    """The subgenre of the story first, then the genre's others."""
    return tuple(dict.fromkeys((story.slots["subgenre"], *casting.genre.subgenres)))


def _sound(seed: int, casting: Casting) -> SoundIdentity:
    from noktvrn.sound.signature import make_identity

    return make_identity(seed, casting.genre.style, moods=[mood.id for mood in casting.moods])


def _look(seed: int, moods: Sequence[str], looks: Sequence[VisualStyle], name: str) -> VisualIdentity:
    from noktvrn.picture.identity import make_look

    return make_look(seed, moods=moods, looks=[style.id for style in looks], stage_name=name)


def _settings(casting: Casting, chance: random.Random) -> ArtistSettings:
    """A rhythm that suits the persona: loud artists speak often, hidden ones seldom."""
    lead = casting.moods[0]
    low = chance.choice((3, 4, 5)) if lead.engagement == "active" else chance.choice((4, 5, 6, 7))
    return ArtistSettings(
        release_strategy=ReleaseStrategy(
            track_release_random_days=(low, chance.choice((12, 13, 14, 15))),
            social_media_post_frequency=chance.randint(*_POSTS_A_WEEK[lead.engagement]),
            preferred_weekdays=tuple(sorted(chance.sample((2, 3, 4, 5), chance.choice((1, 2))))),
        ),
        evolution=EvolutionSettings(evolution_speed=chance.choice(("slow", "medium", "medium"))),
    )
