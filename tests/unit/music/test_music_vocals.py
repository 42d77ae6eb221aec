"""Words on the tune: every syllable finds its notes, whatever the counts are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from noktvrn.model.song import Lyrics, LyricSection, SectionPlan, SongPlan
from noktvrn.model.sound import MelodyNote
from noktvrn.music.vocals import align, timed_lines
from noktvrn.words.division import divided, sung_count

LATIN = ("a", "hold", "beautiful", "wandering", "fire", "rhythm", "late-night", "don't")
WORDS = (*LATIN, "1984", "—", "🌧", "Übergröße", "дощем")
INTRO = SectionPlan(label="intro", bars=4, energy=0.3)


def plan(*counts: tuple[int, ...]) -> SongPlan:
    worded = [
        SectionPlan(label="verse" if n % 2 == 0 else "chorus", bars=8, energy=0.5, syllables=own)
        for n, own in enumerate(counts)
    ]
    return SongPlan(
        genre="pop", style="pop", tempo_bpm=100, tonic=0, mode="major", seed=1, sections=(INTRO, *worded)
    )


def lyrics(*sections: tuple[str, ...], language: str = "en") -> Lyrics:
    parts = tuple(
        LyricSection(label="verse" if n % 2 == 0 else "chorus", lines=lines)
        for n, lines in enumerate(sections)
    )
    return Lyrics(title="x", language=language, hook="", sections=parts)


def tune(
    count: int, *, start: float = 1.0, length: float = 0.4, section: int = 1, line: int = 0
) -> tuple[MelodyNote, ...]:
    return tuple(
        MelodyNote(
            start_s=start + n * length,
            end_s=start + (n + 0.9) * length,
            pitch=60 + n % 5,
            section=section,
            line=line,
            syllable=n,
        )
        for n in range(count)
    )


def test_a_line_that_fits_has_a_note_a_syllable() -> None:
    (line,) = align(lyrics(("Wandering light, hold me",)), tune(6), plan((6,)))
    assert [syllable.text for syllable in line.syllables] == ["Wan", "de", "ring", "light,", "hold", "me"]
    assert [syllable.ends_word for syllable in line.syllables] == [False, False, True, True, True, True]
    assert all(len(syllable.notes) == 1 for syllable in line.syllables)


def test_too_few_syllables_are_stretched_over_notes_that_lie_close() -> None:
    notes = [
        note.model_copy(update={"pitch": pitch})
        for note, pitch in zip(tune(4), (60, 67, 67, 72), strict=True)
    ]
    (line,) = align(lyrics(("hold me now",)), notes, plan((4,)))
    assert [[note.pitch for note in syllable.notes] for syllable in line.syllables] == [[60], [67, 67], [72]]


def test_too_many_syllables_share_the_longest_note() -> None:
    notes = [*tune(2), *tune(1, start=1.8, length=2.0)]
    notes[2] = notes[2].model_copy(update={"syllable": 2})
    (line,) = align(lyrics(("hold me wandering",)), notes, plan((3,)))
    starts = [syllable.notes[0].start_s for syllable in line.syllables]
    assert starts[:3] == [1.0, 1.4, 1.8] and starts == sorted(starts)
    assert line.syllables[-1].notes[-1].end_s == 3.6


def test_sections_without_words_are_counted_by_the_tune_and_not_by_the_lyrics() -> None:
    song, words = plan((3,), (3,)), lyrics(("one two three",), ("four five six",))
    notes = (*tune(3, section=2, start=9.0), *tune(3, section=1))
    assert [line.text for line in align(words, notes, song)] == ["one two three", "four five six"]
    assert [line.section for line in timed_lines(words, notes, song)] == ["verse", "chorus"]


def test_lines_without_notes_or_words_are_not_sung() -> None:
    words = lyrics(("🌧 — 🌊", "rain on me", "nobody sings this"))
    notes = (*tune(3, line=0), *tune(3, line=1, start=4.0))
    assert [line.text for line in align(words, notes, plan((3, 3, 3)))] == ["rain on me"]
    assert align(words, (), plan((3,))) == ()


def test_words_keep_their_signs_and_their_times() -> None:
    (line,) = timed_lines(lyrics(("— Wandering, I don't 🌧",)), tune(5), plan((5,)))
    assert [word.text for word in line.words] == ["— Wandering,", "I", "don't 🌧"]
    assert [round(word.start_s, 2) for word in line.words] == [1.0, 2.2, 2.6]
    assert line.text == "— Wandering, I don't 🌧"


@settings(max_examples=120, deadline=None)
@given(
    words=st.lists(
        st.sampled_from(WORDS),
        min_size=1,
        max_size=12,
    ),
    notes=st.integers(1, 24),
    language=st.sampled_from(["en", "de", "uk", "fr"]),
)
def test_every_syllable_is_sung_in_order_and_no_note_is_lost(
    words: list[str], notes: int, language: str
) -> None:
    text, melody = " ".join(words), tune(notes)
    lines = align(lyrics((text,), language=language), melody, plan((notes,)))
    count = sung_count(text, language)
    assert len(lines) == (1 if count else 0)
    for line in lines:
        assert len(line.syllables) == count
        sung = [note for syllable in line.syllables for note in syllable.notes]
        assert [note.start_s for note in sung] == sorted(note.start_s for note in sung)
        assert all(note.end_s >= note.start_s for note in sung)
        assert (sung[0].start_s, sung[-1].end_s) == (melody[0].start_s, melody[-1].end_s)
        assert "".join("".join(s.text for s in line.syllables).split()) == "".join(text.split())
    for timed in timed_lines(lyrics((text,), language=language), melody, plan((notes,))):
        assert all(
            one.end_s <= two.start_s + 1e-9 for one, two in zip(timed.words, timed.words[1:], strict=False)
        )


@given(word=st.text(max_size=14), language=st.sampled_from(["en", "es", "ru", "ja"]))
def test_a_divided_word_is_the_word(word: str, language: str) -> None:
    pieces = divided(word, language)
    assert "".join(pieces) == (word if pieces else "")
