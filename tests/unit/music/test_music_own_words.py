"""A person's own words: read within limits, laid over a form, never rewritten."""

from __future__ import annotations

import pytest

from noktvrn.kernel.errors import Invalid, NotAllowed
from noktvrn.model.song import LyricSection, SectionPlan, SongPlan
from noktvrn.music.own_words import MAX_BYTES, checked, laid_over, lyrics_of, parse, planned_for
from noktvrn.words.scansion import measure

TEXT = """[Verse 1]
I kept the ticket from the train you never took
It marks the page you stopped at in your book

[Chorus x2]
Leave the light on in the hall

[Verse 2]
They nod the way that people nod at rain
And draw their curtains on the weather-vane

[Chorus]
Leave the light on in the hall
"""


def plan(*labels: str, bars: int = 8) -> SongPlan:
    sections = tuple(
        SectionPlan(label=label, bars=bars, energy=0.5, syllables=(7, 7), rhyme="AA") for label in labels
    )
    return SongPlan(
        genre="folk", style="folk", tempo_bpm=100, tonic=0, mode="major", sections=sections, seed=1
    )


FORM = plan("intro", "verse", "chorus", "verse", "chorus", "verse", "chorus")


def test_sections_are_read_by_their_names() -> None:
    found = parse(TEXT.encode())
    assert [section.label for section in found] == ["verse", "chorus", "verse", "chorus"]
    assert found[1].lines == ("Leave the light on in the hall",)


def test_without_names_what_comes_back_is_the_chorus() -> None:
    text = "one day\nof rain\n\ncome home\n\nanother day\n\ncome home\n"
    assert [section.label for section in parse(text.encode())] == ["verse", "chorus", "verse", "chorus"]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_every_end_of_line_and_a_byte_order_mark_are_read(end: str) -> None:
    data = b"\xef\xbb\xbf" + TEXT.replace("\n", end).encode()
    assert parse(data) == parse(TEXT.encode())


def test_control_characters_and_signs_are_left_out() -> None:
    (section,) = parse("come\x07 home\x1b[31m \U0001f319 now\n\U0001f600\U0001f600\n***\n".encode())
    assert section.lines == ("come home [31m now",)


def test_words_in_round_brackets_are_sung_and_names_are_not() -> None:
    (verse, chorus) = parse(b"(Verse 1)\nI stay\n(ooh baby)\n\n(Chorus)\nI go\n")
    assert (verse.lines, chorus.lines, chorus.label) == (("I stay", "(ooh baby)"), ("I go",), "chorus")


def test_joiners_stay_where_they_are_spelling() -> None:
    (section,) = parse("\u0645\u06cc\u200c\u0634\u0648\u062f\ngo \U0001f468\u200d\U0001f469 on\n".encode())
    assert section.lines == ("\u0645\u06cc\u200c\u0634\u0648\u062f", "go on")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no words"),
        (b"   \n\n\t\n", "no words"),
        ("\U0001f600\U0001f3b9\n\U0001f319".encode(), "no words"),
        (b"[Chorus]\n[Verse]\n", "no words"),
        (b"a line\n" * 8_000, "50,000"),
        (b"x" * (MAX_BYTES + 1), "50,000"),
        (b"a line\n" * 500, "200 lines"),
        (b"word " * 100, "160 characters"),
        (b"\xff\xfe\x00\x01", "UTF-8"),
        (b"words\x00words", "no text"),
    ],
)
def test_what_are_no_lyrics_is_told(data: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told) as refused:
        parse(data)
    assert refused.value.hint


def test_words_are_laid_over_the_form_and_a_chorus_comes_back() -> None:
    laid = laid_over(FORM, parse(TEXT.encode()))
    assert [len(lines) for _, lines in laid] == [0, 2, 1, 2, 1, 0, 1]
    planned = planned_for(FORM, parse(TEXT.encode()))
    assert [section.syllables for section in planned.sections][2] == (7,)
    assert planned.bars == FORM.bars and planned.sections[5].syllables == ()


def test_every_line_stands_as_it_was_written_and_passes_the_houses_checks() -> None:
    sections = parse(TEXT.encode())
    planned = planned_for(FORM, sections)
    words = lyrics_of(sections, title="Hall", by="Jo Doe", language="en", plan=planned)
    written = {line for line in TEXT.splitlines() if line and not line.startswith("[")}
    assert set(words.human_lines) == written == {line for s in words.sections for line in s.lines}
    assert (words.by_a_person, words.writer, words.hook) == (True, "Jo Doe", "Leave the light on in the hall")
    assert measure(planned, words).human == 7
    assert checked(words, planned, ()).passed
    with pytest.raises(Invalid, match="Old Song"):
        checked(words, planned, (("Old Song", words.text),))


def test_words_without_room_are_told() -> None:
    sections = parse(TEXT.encode())
    with pytest.raises(Invalid, match="part of the verse"):
        planned_for(plan("verse", "chorus"), sections)
    with pytest.raises(Invalid, match="do not fit"):
        planned_for(plan("verse", "chorus", "verse", bars=1), [section_of(12), *sections[1:3]])


def section_of(lines: int) -> LyricSection:
    return LyricSection(label="verse", lines=tuple(f"line number {n}" for n in range(lines)))


def test_hate_is_refused_and_strong_words_are_marked() -> None:
    strong = lyrics_of(parse(b"what the fuck is this\n"), title="Hm", by="Jo Doe", language="en", plan=None)
    assert strong.explicit
    with pytest.raises(NotAllowed):
        lyrics_of(parse(b"gas the jews\n"), title="Hm", by="Jo Doe", language="en", plan=None)
