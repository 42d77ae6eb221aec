from __future__ import annotations

import re
from collections import Counter

import pytest
from tests.effort import looks
from tests.unit.words.words_samples import MOODS, THEMES, full_plan, profile

from noktvrn.model.song import Lyrics, SongPlan
from noktvrn.music.vocals import _pieces
from noktvrn.providers.procedural_writer.captions import write_captions
from noktvrn.providers.procedural_writer.lyrics import write_lyrics
from noktvrn.providers.procedural_writer.titles import write_titles
from noktvrn.roles.writer import CaptionsRequest, LyricsRequest, TitlesRequest
from noktvrn.words.bank import moods, worlds
from noktvrn.words.division import divided, sung_count
from noktvrn.words.lexicon import advisory
from noktvrn.words.scansion import Fit, measure
from noktvrn.words.spanish import metre
from noktvrn.words.spanish.agreement import Speech, filled
from noktvrn.words.spanish.marks import opened
from noktvrn.words.spanish.rhyme import assonance, consonance, rhymes
from noktvrn.words.spanish.sounds import shape
from noktvrn.words.spanish.syllables import stressed, syllables
from noktvrn.words.spanish.verbs import PERSONS, Person, Tense, conjugated

SONGS = looks(30, 60)


@pytest.mark.parametrize(
    ("word", "parts", "stress"),
    [
        ("noche", "no-che", 2),
        ("día", "dí-a", 2),
        ("ciudad", "ciu-dad", 1),
        ("poeta", "po-e-ta", 2),
        ("guitarra", "gui-ta-rra", 2),
        ("pingüino", "pin-güi-no", 2),
        ("transporte", "trans-por-te", 2),
        ("búho", "bú-ho", 2),
        ("corazón", "co-ra-zón", 1),
        ("árbol", "ár-bol", 2),
        ("canciones", "can-cio-nes", 2),
        ("murciélago", "mur-cié-la-go", 3),
        ("estoy", "es-toy", 1),
        ("oír", "o-ír", 1),
        ("lluvia", "llu-via", 2),
        ("construir", "cons-truir", 1),
        ("leer", "le-er", 1),
        ("¿Qué?", "¿Qué?", 1),
    ],
)
def test_words_part_where_the_academy_parts_them(word: str, parts: str, stress: int) -> None:
    assert "-".join(syllables(word)) == parts
    assert stressed(word) == stress
    assert divided(word, "es") == tuple(parts.split("-"))


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("En un lugar de la Mancha", 8),
        ("Volverán las oscuras golondrinas", 11),
        ("Con diez cañones por banda", 8),
        ("en junio como en enero", 8),
        ("verde que te quiero verde", 8),
        ("caminante no hay camino", 8),
        ("Puedo escribir los versos más tristes esta noche", 14),
    ],
)
def test_lines_count_as_their_poets_counted_them(line: str, count: int) -> None:
    assert metre.count(line) == count


def test_the_end_of_a_line_counts_by_its_stress() -> None:
    assert [metre.turn(line) for line in ("el mar", "la noche", "la música", "")] == [1, 0, -1, 0]


@pytest.mark.parametrize(("one", "other"), [("la", "isla"), ("que", "hoy"), ("noche", "y")])
def test_vowels_between_words_melt(one: str, other: str) -> None:
    assert metre.merges(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("mar,", "amar"), ("noche,", "y"), ("mar", "azul"), ("y", "el"), ("la", "hierba"), ("la", "yema")],
)
def test_vowels_do_not_melt_over_a_pause_a_consonant_or_a_glide(one: str, other: str) -> None:
    assert not metre.merges(one, other)


def test_melted_syllables_are_one_note_and_the_words_are_whole() -> None:
    pieces = _pieces("La noche y el mar", "es")
    assert [text for text, _ in pieces] == ["La", "no", "che y", "el", "mar"]
    assert len(pieces) == sung_count("La noche y el mar", "es") == metre.sung("La noche y el mar")


@pytest.mark.parametrize(
    ("one", "other", "full"),
    [
        ("la noche", "el coche", True),
        ("canción", "corazón", True),
        ("la guerra", "la tierra", True),
        ("mar", "llorar", True),
        ("cabeza", "belleza", True),
        ("la lluvia", "la luna", False),
        ("el lápiz", "el cáliz", False),
        ("música", "luna", False),
        ("débil", "vence", False),
    ],
)
def test_rhymes(one: str, other: str, full: bool) -> None:
    assert rhymes(one, other)
    assert (consonance(one.split()[-1]) == consonance(other.split()[-1])) is full


@pytest.mark.parametrize(("one", "other"), [("mar", "mar"), ("mar", "mares"), ("casa", "caso"), ("", "mar")])
def test_no_rhymes(one: str, other: str) -> None:
    assert not rhymes(one, other)


def test_an_esdrujulas_middle_is_mute_and_closed_ends_open() -> None:
    assert assonance("música") == assonance("luna") == "u-a"
    assert assonance("fácil") == assonance("calle") == "a-e"


@pytest.mark.parametrize(
    ("verb", "tense", "forms"),
    [
        ("caminar", "present", "camino caminas camina caminamos caminan"),
        ("volver", "present", "vuelvo vuelves vuelve volvemos vuelven"),
        ("seguir", "present", "sigo sigues sigue seguimos siguen"),
        ("sentir", "past", "sentí sentiste sintió sentimos sintieron"),
        ("dormir", "past", "dormí dormiste durmió dormimos durmieron"),
        ("tocar", "past", "toqué tocaste tocó tocamos tocaron"),
        ("tener", "past", "tuve tuviste tuvo tuvimos tuvieron"),
        ("hacer", "past", "hice hiciste hizo hicimos hicieron"),
        ("ir", "imperfect", "iba ibas iba íbamos iban"),
        ("vivir", "imperfect", "vivía vivías vivía vivíamos vivían"),
        ("sonreír", "present", "sonrío sonríes sonríe sonreímos sonríen"),
        ("aullar", "present", "aúllo aúllas aúlla aullamos aúllan"),
    ],
)
def test_verbs(verb: str, tense: Tense, forms: str) -> None:
    persons: tuple[Person, ...] = PERSONS
    assert [conjugated(verb, person, tense) for person in persons] == forms.split()


@pytest.mark.parametrize(
    ("text", "noun", "speech", "said"),
    [
        ("{N} {V:temblar}", "las olas", Speech(), "las olas tiemblan"),
        ("{V:volver} {N}", "el faro", Speech(past=True), "volvía el faro"),
        ("{V:caer} las hojas", "el faro", Speech(), "caen las hojas"),
        ("la sal {V:escribir} en las piedras", "el faro", Speech(), "la sal escribe en las piedras"),
        ("{me} {v:perder} en {N}", "el mar", Speech("nosotros"), "nos perdemos en el mar"),
        ("{v:volver} a {N}, lejos de {N}", "el mar", Speech(), "vuelvo al mar, lejos del mar"),
        ("{M:la voz} {V:tardar}", "el mar", Speech("nosotros", past=True), "nuestra voz tardaba"),
        ("{N} perdid~o y triste~s", "las olas", Speech(), "las olas perdidas y tristes"),
        ("{U} en el agua", "el agua/f", Speech(), "un agua en el agua"),
        ("a {N} no se <le/les> miente", "los vecinos", Speech(), "a los vecinos no se les miente"),
    ],
)
def test_pieces_agree(text: str, noun: str, speech: Speech, said: str) -> None:
    assert filled(text, noun, speech) == said


def test_every_entry_of_the_banks_can_be_said() -> None:
    for bank in (*worlds("es"), *moods("es")):
        nouns = bank.nouns or ("la luz",)
        texts = [text for clauses in bank.clauses.values() for text, _ in clauses]
        texts += [text for tails in bank.tails.values() for text in tails]
        said = [filled(text, noun, Speech("nosotros", past=True)) for text in texts for noun in nouns]
        assert [
            line
            for line in said
            if not re.fullmatch(r"(?:[a-záéíóúñü ,]+|¿[a-záéíóúñü ,]+\?|¡[a-záéíóúñü ,]+!)", line)
        ] == [], bank.id


def test_what_nothing_opens_is_opened_where_its_sentence_begins() -> None:
    section = ["Dónde estás?", "¿y si te vas", "sin decir adiós?", "Ven aquí. quién eres?", "Ay! qué noche!"]
    assert opened(section) == (
        "¿Dónde estás?",
        "¿y si te vas",
        "sin decir adiós?",
        "Ven aquí. ¿quién eres?",
        "¡Ay! ¡qué noche!",
    )
    assert opened(["Quién?", "Dónde?"], spared=("Quién?",)) == ("Quién?", "¿Dónde?")


@pytest.mark.parametrize(
    ("syllable", "sounds"),
    [
        ("cie", (("S", "Y"), "EH", ())),
        ("gue", (("G",), "EH", ())),
        ("güi", (("G", "W"), "IY", ())),
        ("que", (("K",), "EH", ())),
        ("ñas", (("N", "Y"), "AA", ("S",))),
        ("che y", (("CH",), "EH", ())),
        ("brr", (("B", "R"), "EH", ())),
    ],
)
def test_syllables_sound_as_they_are_spelt(
    syllable: str, sounds: tuple[tuple[str, ...], str, tuple[str, ...]]
) -> None:
    assert shape(syllable) == sounds


@pytest.fixture(scope="module")
def songs() -> list[tuple[SongPlan, Lyrics]]:
    return [(full_plan(seed), write_lyrics(request(seed))) for seed in range(SONGS)]


def request(seed: int) -> LyricsRequest:
    artist = profile().model_copy(update={"language": "es-MX", "stage_name": f"Voz {seed % 7}"})
    return LyricsRequest(
        profile=artist,
        plan=full_plan(seed),
        title="Sin faro",
        theme=THEMES[seed % len(THEMES)],
        mood=MOODS[seed % len(MOODS)],
        seed=seed,
    )


def test_songs_fit_their_plans_and_rhyme(songs: list[tuple[SongPlan, Lyrics]]) -> None:
    fit = sum((measure(plan, lyrics) for plan, lyrics in songs), Fit())
    assert fit.planned == fit.written
    assert (fit.syllable_share >= 0.95, fit.rhyme_share >= 0.95) == (True, True)
    assert {lyrics.language for _, lyrics in songs} == {"es"}


def test_songs_read_like_spanish(songs: list[tuple[SongPlan, Lyrics]]) -> None:
    for _, lyrics in songs:
        lines = [line for part in lyrics.sections for line in part.lines]
        said = re.compile(r"[¿¡]?[A-ZÁÉÍÓÚÑ][a-záéíóúñü ,¿¡?!]+")
        assert [line for line in lines if not said.fullmatch(line)] == []
        assert all(
            line.count("¿") == line.count("?") and line.count("¡") == line.count("!") for line in lines
        )
        assert not re.search(r"\b(?:a|de) el\b|\by i[^a]", lyrics.text.lower())
        told = [line for part in lyrics.sections if part.label in {"verse", "bridge"} for line in part.lines]
        assert Counter(told).most_common(1)[0][1] == 1
        assert not advisory(lyrics.text).explicit


def test_choruses_hold_the_title(songs: list[tuple[SongPlan, Lyrics]]) -> None:
    assert sum("Sin faro" in lyrics.text for _, lyrics in songs) >= 0.9 * SONGS


def test_the_same_request_gives_the_same_words() -> None:
    assert write_lyrics(request(5)) == write_lyrics(request(5))


def test_titles_and_posts_are_spanish() -> None:
    artist = request(1).profile
    titles = write_titles(TitlesRequest(profile=artist, theme="ships", mood="dark", seed=2, count=12))
    assert all(title[0].isupper() and title[1:] == title[1:].lower() for title in titles)
    captions = write_captions(
        CaptionsRequest(profile=artist, title=titles[0], theme="ships", mood="dark", seed=2)
    )
    assert "persona de IA" in captions.post
    assert not re.search(r"[{}]|\bthe\b", captions.post)
    assert len(captions.film_lines) == len(set(captions.film_lines)) == 12


@pytest.mark.parametrize(
    ("line", "explicit"),
    [("qué mierda de noche", True), ("eres un CABRÓN", True), ("la noche y el mar", False)],
)
def test_strong_words_in_spanish_set_the_mark(line: str, explicit: bool) -> None:
    assert advisory(line).explicit is explicit
