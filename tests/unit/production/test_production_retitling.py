"""Another title in words that are there."""

from __future__ import annotations

from tests.unit.release import release_samples as samples

from noktvrn.production.results import Words
from noktvrn.production.retitling import renamed
from noktvrn.roles.writer import Captions


def test_the_new_title_stands_where_the_old_one_stood_and_nowhere_else() -> None:
    captions = Captions(
        post='"Rain" is out. Raining again, says an AI persona.',
        hashtags=("#Rain", "#rainyday", "#aimusic"),
        film_lines=("Rain", "The train at nine", "rain on the roof"),
    )
    lyrics = samples.lyrics()
    made = renamed(Words(title="Rain", lyrics=lyrics, captions=captions), "Letters to \\g<0>")
    assert (made.title, made.lyrics.title) == ("Letters to \\g<0>", "Letters to \\g<0>")
    assert made.captions.post == '"Letters to \\g<0>" is out. Raining again, says an AI persona.'
    assert made.captions.hashtags == ("#LettersToG0", "#rainyday", "#aimusic")
    assert made.captions.film_lines == ("Letters to \\g<0>", "The train at nine", "rain on the roof")
    assert made.lyrics.sections == lyrics.sections
