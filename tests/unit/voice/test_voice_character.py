"""Voices follow how a profile calls them."""

from __future__ import annotations

import pytest

from noktvrn.model.sound import SoundIdentity
from noktvrn.sound.voice.character import voice_of


@pytest.mark.parametrize(
    ("called", "register", "low", "high"),
    [
        ("smoky contralto, whispered", "alto", 57, 61),
        ("clear mezzo-soprano", "soprano", 63, 67),
        ("light soprano", "soprano", 66, 70),
        ("dark baritone, half spoken", "baritone", 51, 55),
        ("deep bass voice, almost speech", "baritone", 47, 51),
        ("high breathy tenor", "tenor", 56, 60),
        ("bright falsetto", "tenor", 62, 66),
        ("soft androgynous voice", "alto", 58, 62),
    ],
)
def test_a_named_register_is_kept(called: str, register: str, low: float, high: float) -> None:
    for seed in range(12):
        voice = voice_of(SoundIdentity(seed=seed, style="pop"), called)
        assert voice.register == register
        assert low <= voice.centre <= high


def test_manners_are_heard() -> None:
    identity = SoundIdentity(seed=4, style="pop")
    whispered, full = voice_of(identity, "alto, whispered"), voice_of(identity, "alto, full-voiced")
    assert whispered.breath > full.breath and whispered.rd > full.rd and whispered.ring < full.ring
    plain = voice_of(identity, "warm alto with little vibrato")
    assert plain.vibrato_cents < 0.5 * full.vibrato_cents
