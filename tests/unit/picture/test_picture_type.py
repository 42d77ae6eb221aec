"""Any title can come in; what is drawn stays inside its room and has a glyph for every letter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noktvrn.kernel.errors import Invalid
from noktvrn.picture.type.faces import FONTS, coverage, face, faces
from noktvrn.picture.type.setting import FLOOR, fit, ink_of
from noktvrn.picture.type.spelling import spell

ROOM = (-0.425, 0.15, 0.425, 0.425)

ODD = [
    "Afterglow",
    "Ночной город",
    "Αγάπη μου",
    "שלום עולם",
    "مرحبا بالعالم",
    "夜の海",
    "こんにちは",
    "안녕 하세요",
    "नमस्ते",
    "🔥🌙",
    "🔥 fire 🔥",
    "Z\u0334\u0321a\u0335\u0322\u0323l\u0336go",
    "x" * 200,
    "word " * 40,
    "\u202eright to left mark",
    "Đặng Thái Sơn",
    "\n\t  ",
    "<script>&amp;\"'",
    "e\u0301toile",
    "1 + 1 = ∞",
    "",
]


def _inside(box: tuple[float, float, float, float]) -> bool:
    slack = 0.006
    return (
        box[0] >= ROOM[0] - slack
        and box[2] <= ROOM[2] + slack
        and box[1] >= ROOM[1] - slack
        and box[3] <= ROOM[3] + slack
    )


@pytest.mark.parametrize("name", ["anton", "blackletter", "space-grotesk", "unbounded"])
@pytest.mark.parametrize("title", ODD)
def test_odd_titles_stay_in_their_room(title: str, name: str) -> None:
    spelling = spell(title, face(name))
    assert spelling.text or spelling.note
    if not spelling.text:
        return
    assert spelling.face.draws(spelling.text)
    block = fit(spelling.text, spelling.face, ROOM, align="left", hang="bottom", largest=0.3)
    assert _inside(block.box)
    assert all(line.size >= FLOOR - 1e-9 for line in block.lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=220), st.sampled_from(sorted(faces())), st.sampled_from(["left", "centre", "right"]))
def test_any_text_is_spelt_or_explained_and_never_overflows(title: str, name: str, align: str) -> None:
    spelling = spell(title, face(name))
    assert spelling.text or spelling.note
    if spelling.text:
        assert spelling.face.draws(spelling.text)
        block = fit(spelling.text, spelling.face, ROOM, align=align, hang="top", largest=0.2)
        assert _inside(block.box)


def test_greek_and_cyrillic_are_drawn_as_they_are() -> None:
    for title in ("Ночной город", "Αγάπη μου"):
        for name in faces():
            spelling = spell(title, face(name))
            assert spelling.text == title and not spelling.romanised


@pytest.mark.parametrize(
    ("title", "latin"),
    [
        ("שלום", "Shlvm"),
        ("안녕", "Annyeong"),
        ("ラッキー", "Rakki"),
        ("きょう", "Kyou"),
        ("नमस्ते", "Namaste"),
        ("თბილისი", "Tbilisi"),
        ("Երեվան", "Erevan"),
    ],
)
def test_known_scripts_are_romanised_and_say_so(title: str, latin: str) -> None:
    spelling = spell(title, face("anton"))
    assert spelling.text == latin and spelling.romanised
    assert "romanised" in spelling.note


def test_han_has_no_reading_and_says_so() -> None:
    spelling = spell("夜", face("anton"))
    assert spelling.text == "" and "no romanisation" in spelling.note


def test_emoji_are_dropped_and_told() -> None:
    spelling = spell("Night 🌙 Bus", face("jost"))
    assert spelling.text == "Night Bus" and "left out" in spelling.note


def test_measured_ink_grows_with_tracking() -> None:
    assert ink_of("NADIR", "jost", 0.4).width > ink_of("NADIR", "jost", 0.0).width + 1.0


def test_every_face_brings_its_licence_and_its_scripts() -> None:
    probes = {"latin": "Aé", "cyrillic": "Жя", "greek": "Ωλ"}
    for one in faces().values():
        assert one.file.stat().st_size < 160_000
        assert "SIL Open Font License" in (FONTS / f"{one.id}.OFL.txt").read_text(encoding="utf-8")
        for script in one.scripts:
            assert one.draws(probes[script])
        assert 0x4E00 not in coverage(one.file)


def test_an_unknown_face_is_a_mistake_with_a_hint() -> None:
    with pytest.raises(Invalid) as caught:
        face("comic")
    assert "anton" in caught.value.hint
