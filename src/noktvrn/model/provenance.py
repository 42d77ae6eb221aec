"""Who or what made it, under which terms, and what has to be disclosed about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Literal

from pydantic import Field

from noktvrn.model.noun import Noun

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


class SourceType(StrEnum):
    """IPTC digital source types this label uses. Procedural engines are `algorithmicMedia`."""

    TRAINED = IPTC + "trainedAlgorithmicMedia"
    COMPOSITE = IPTC + "compositeWithTrainedAlgorithmicMedia"
    ALGORITHMIC = IPTC + "algorithmicMedia"
    HUMAN = IPTC + "digitalCreation"


def mixed(parts: Iterable[SourceType]) -> SourceType:
    """The type of what several made things were mixed into: a part that a trained model or an algorithm made
    stays told, whatever a person added."""
    types = set(parts)
    if len(types) == 1:
        return types.pop()
    return (
        SourceType.COMPOSITE if types & {SourceType.TRAINED, SourceType.COMPOSITE} else SourceType.ALGORITHMIC
    )


def _unset(value: str | bool) -> bool:
    """Fields of outside work are left out of the data of everything else."""
    return not value


class Rights(Noun):
    """What may be done with a made thing."""

    commercial: bool = True
    dsp_release: Literal["yes", "no", "unknown"] = "yes"
    attribution: str = ""
    watermark: bool = False
    licence: str = "own work of the label's embedded engine"
    plan_tier: str = ""
    terms_on: str = Field(default="", description="date of the terms the thing was made under")
    terms_url: str = Field(
        default="", max_length=400, exclude_if=_unset, description="where they can be read"
    )


def narrowest(parts: Sequence[Rights]) -> Rights:
    """What may be done with a thing made of several: only what may be done with each of them, and all their
    credits. `parts` is not empty.
    """
    allowed = {part.dsp_release for part in parts}
    return Rights(
        commercial=all(part.commercial for part in parts),
        dsp_release="no" if "no" in allowed else "unknown" if "unknown" in allowed else "yes",
        attribution=_listed(part.attribution for part in parts),
        watermark=any(part.watermark for part in parts),
        licence=_listed(part.licence for part in parts),
        plan_tier=_listed(part.plan_tier for part in parts),
        terms_on=min((part.terms_on for part in parts if part.terms_on), default=""),
        terms_url=next((part.terms_url for part in parts if part.terms_url), ""),
    )


def _listed(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


class Provenance(Noun):
    """Where one made thing comes from."""

    engine: str
    engine_version: str
    licence_class: Literal["procedural", "open_weights", "licensed", "disputed", "human"] = "procedural"
    source_type: SourceType = SourceType.ALGORITHMIC
    model: str = ""
    seed: int | None = None
    prompt: str = ""
    lossy_source: bool = False
    rights: Rights = Rights()
    provider: str = Field(
        default="", exclude_if=_unset, description="whose player made it, where that is not the engine's name"
    )
    ticket: str = Field(default="", exclude_if=_unset, description="the ticket it was ordered by outside")
    people: bool = Field(
        default=False, exclude_if=_unset, description="a part of what it is put together from, people made"
    )

    @property
    def made_by(self) -> str:
        """The provider whose terms it was made under."""
        return self.provider or self.engine

    @classmethod
    def own_work_of(cls, name: str, *, lossy_source: bool = False) -> Provenance:
        """Of what a person made with tools of their own (`digitalCreation`) and handed in: whether it was
        recorded or drawn, no generator is known to have touched it."""
        return cls(
            engine=name,
            engine_version="",
            licence_class="human",
            source_type=SourceType.HUMAN,
            lossy_source=lossy_source,
            rights=Rights(licence=f"own work of {name}, by their word"),
        )


class Share(StrEnum):
    """How much of a part a generative system made (ERN 4.3.2 `ContainsAI`)."""

    NONE = "none"
    PARTLY = "partly"
    ALL = "all"


FACETS = (
    "lyrics",
    "composition",
    "vocals",
    "instrumentation",
    "post_production",
    "artwork",
    "video",
)


class Facet(Noun):
    """One part of a release: how much of it was generated, by what. `applies` is false when there is none."""

    share: Share
    engine: str = ""
    applies: bool = True


class Disclosure(Noun):
    """The one truth every platform's form is derived from. There are no silent defaults."""

    lyrics: Facet
    composition: Facet
    vocals: Facet
    instrumentation: Facet
    post_production: Facet
    artwork: Facet
    video: Facet
    ai_persona: bool = True

    def facet(self, name: str) -> Facet:
        """The facet called `name` (one of `FACETS`)."""
        facet = getattr(self, name)
        if not isinstance(facet, Facet):
            raise KeyError(name)
        return facet
