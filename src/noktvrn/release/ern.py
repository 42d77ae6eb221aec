"""The ERN 4.3.2 message: what a store reads about a release.

Written with lxml's ElementMaker in the order the schema demands (build of 18 June 2025). The recordings `A1`,
`A2` ... in their order, one front cover after them, one main release `R0` and a track release `R1`, `R2` ...
for each recording, profile `Audio`. A message is a statement of truth: an update is a new full message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Protocol

from lxml import etree
from lxml.builder import ElementMaker  # type: ignore[import-not-found]

from noktvrn.kernel.errors import Invalid
from noktvrn.model.provenance import Share
from noktvrn.model.release import Deal, TrackDraft
from noktvrn.release.disclosure import (
    contains_ai,
    recording_contributors,
    recording_share,
    release_share,
)
from noktvrn.release.sealing import AudioFile, ImageFile, Sealing

NAMESPACE = "http://ddex.net/xml/ern/432"
PROFILE = "Audio"
AVS_VERSION = "9"

ARTIST, LABEL = "P_ARTIST", "P_LABEL"
MAIN_RELEASE = "R0"
RELEASE_TYPES = {"single": "Single", "ep": "EP", "album": "Album"}

USE_TYPES = {
    "SubscriptionModel": ("OnDemandStream", "NonInteractiveStream"),
    "AdvertisementSupportedModel": ("OnDemandStream", "NonInteractiveStream"),
    "PayAsYouGoModel": ("PermanentDownload",),
}
"""What a listener may do under each commercial model. Training of models is never among it (rule 41)."""

_Element = etree._Element


class _Maker(Protocol):
    """ElementMaker as this file uses it (the published stubs leave it out)."""

    def __getattr__(self, tag: str) -> Callable[..., _Element]: ...

    def __call__(self, tag: str, *children: _Element | str, **attributes: str) -> _Element: ...


_ROOT: _Maker = ElementMaker(namespace=NAMESPACE, nsmap={"ern": NAMESPACE})
_E: _Maker = ElementMaker()  # the schema leaves local elements unqualified
_ADVISORY = {"explicit": "Explicit", "not_explicit": "NotExplicit"}


@dataclass(frozen=True, slots=True)
class _Recording:
    """One recording of the message: its number from 1, what is told of it, its code and its file."""

    number: int
    track: TrackDraft
    isrc: str
    audio: AudioFile
    people: tuple[tuple[str, str, str], ...]

    @property
    def reference(self) -> str:
        return f"A{self.number}"

    @property
    def release(self) -> str:
        return f"R{self.number}"


def write_message(sealing: Sealing, audio: Sequence[AudioFile], cover: ImageFile) -> bytes:
    """The message as UTF-8 XML; `audio` has a file for each track of the draft, in their order. The same
    sealing gives the same bytes.

    Raises:
        Invalid: a text holds characters XML cannot carry.
    """
    try:
        root = _message(sealing, audio, cover)
    except ValueError as error:
        raise Invalid(
            f"The release cannot be written as XML: {error}.",
            code="release.bad_characters",
            hint="Remove control characters from the title, names and lines.",
        ) from error
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _message(sealing: Sealing, audio: Sequence[AudioFile], cover: ImageFile) -> _Element:
    recordings = _recordings(sealing, audio)
    return _ROOT.NewReleaseMessage(
        _header(sealing),
        _parties(sealing, recordings),
        _E.ResourceList(
            *(_recording(sealing, one) for one in recordings), _image(sealing, cover, len(recordings) + 1)
        ),
        _E.ReleaseList(
            _main_release(sealing, recordings), *(_track_release(sealing, one) for one in recordings)
        ),
        _deals(sealing, recordings),
        ReleaseProfileVersionId=PROFILE,
        AvsVersionId=AVS_VERSION,
        LanguageAndScriptCode=sealing.draft.title_language,
    )


def _header(sealing: Sealing) -> _Element:
    parties, moment = sealing.parties, sealing.sealed_at.astimezone(UTC)
    return _E.MessageHeader(
        _E.MessageThreadId(sealing.draft.id),
        _E.MessageId(f"{sealing.draft.id}_{moment:%Y%m%d%H%M%S%f}"),
        _E.MessageSender(_E.PartyId(parties.sender_dpid), _E.PartyName(_E.FullName(sealing.draft.label))),
        _E.MessageRecipient(
            _E.PartyId(parties.recipient_dpid), _E.PartyName(_E.FullName(parties.recipient_name))
        ),
        _E.MessageCreatedDateTime(moment.strftime("%Y-%m-%dT%H:%M:%SZ")),
        _E.MessageControlType("LiveMessage" if sealing.live else "TestMessage"),
    )


def _recordings(sealing: Sealing, audio: Sequence[AudioFile]) -> tuple[_Recording, ...]:
    found: list[_Recording] = []
    people = 0
    facts = zip(sealing.draft.tracks, sealing.identifiers.recordings, audio, strict=True)
    for number, (track, isrc, file) in enumerate(facts, start=1):
        credited = tuple(_people(track, people))
        people += len(credited)
        found.append(_Recording(number, track, isrc, file, credited))
    return tuple(found)


def _parties(sealing: Sealing, recordings: Sequence[_Recording]) -> _Element:
    draft = sealing.draft
    return _E.PartyList(
        _party(ARTIST, draft.artist_name),
        _party(LABEL, draft.label),
        *(_party(reference, name) for one in recordings for reference, name, _ in one.people),
    )


def _party(reference: str, name: str) -> _Element:
    return _E.Party(_E.PartyReference(reference), _E.PartyName(_E.FullName(name)))


def _people(track: TrackDraft, before: int) -> Iterator[tuple[str, str, str]]:
    """Reference, name and role of every human credit on the recording, numbered on from `before`."""
    human = [c for c in track.credits if not c.generative and c.role in _RECORDING_ROLES]
    for place, credit in enumerate(human, start=before + 1):
        yield f"P_PERSON_{place}", credit.name, _RECORDING_ROLES[credit.role]


_RECORDING_ROLES = {
    "Composer": "Composer",
    "Lyricist": "Lyricist",
    "Vocalist": "LeadVocalist",
    "Producer": "StudioProducer",
    "MasteringEngineer": "MasteringEngineer",
}


def _recording(sealing: Sealing, one: _Recording) -> _Element:
    track = one.track
    sings = track.disclosure.vocals.applies
    return _E.SoundRecording(
        _E.ResourceReference(one.reference),
        _E.Type("MusicalWorkSoundRecording"),
        _E.SoundRecordingEdition(
            _E.ResourceId(_E.ISRC(one.isrc)),
            _line("P", sealing.draft.p_line),
            _E.TechnicalDetails(
                _E.TechnicalResourceDetailsReference(f"T{one.number}"), _audio_file(one.audio)
            ),
        ),
        *_titles(track.title),
        *_artist(sealing.draft.artist_name),
        *_contributors(one),
        _E.Duration(_duration(track.duration_s)),
        _E.ParentalWarningType(_ADVISORY[track.advisory]),
        _E.ContainsAI(contains_ai(recording_share(track.disclosure))),
        _E.HasVocalPerformance(_flag(sings)),
        _E.IsInstrumental(_flag(not sings)),
        _E.LanguageOfPerformance(track.language),
    )


def _contributors(one: _Recording) -> Iterator[_Element]:
    generated = recording_contributors(one.track.disclosure)
    for number, made in enumerate(generated, start=1):
        instrument = [_E.InstrumentType(made.instrument)] if made.instrument else []
        yield _E.Contributor(
            _E.SpecialContributor("GenerativeAI"),
            _E.Role(_E.Value(made.role), *instrument),
            _E.AiContribution("All"),
            SequenceNumber=str(number),
        )
    for place, (reference, _, role) in enumerate(one.people, start=len(generated) + 1):
        yield _E.Contributor(
            _E.ContributorPartyReference(reference),
            _E.Role(_E.Value(role)),
            _E.AiContribution("None"),
            SequenceNumber=str(place),
        )


def _audio_file(audio: AudioFile) -> _Element:
    return _E.DeliveryFile(
        _E.Type("AudioFile"),
        _E.AudioCodecType("FLAC"),
        _E.NumberOfChannels(str(audio.channels)),
        _E.SamplingRate(str(audio.sample_rate), UnitOfMeasure="Hz"),
        _E.BitsPerSample(str(audio.bits)),
        _E.Duration(_duration(audio.duration_s)),
        _file(audio),
        _E.IsProvidedInDelivery("true"),
    )


def _image(sealing: Sealing, cover: ImageFile, number: int) -> _Element:
    draft = sealing.draft
    share = draft.disclosure.artwork.share
    painters = [] if share is Share.NONE else [_painter()]
    return _E.Image(
        _E.ResourceReference(f"A{number}"),
        _E.Type("FrontCoverImage"),
        _E.ResourceId(_E.ProprietaryId(f"{draft.id}_cover", Namespace=f"DPID:{sealing.parties.sender_dpid}")),
        *painters,
        _line("C", draft.c_line),
        _E.ParentalWarningType("NotExplicit"),
        _E.ContainsAI(contains_ai(share)),
        _E.TechnicalDetails(
            _E.TechnicalResourceDetailsReference(f"T{number}"),
            _E.ImageCodecType(cover.codec),
            _E.ImageHeight(str(cover.height), UnitOfMeasure="Pixel"),
            _E.ImageWidth(str(cover.width), UnitOfMeasure="Pixel"),
            _file(cover),
            _E.IsProvidedInDelivery("true"),
        ),
    )


def _painter() -> _Element:
    return _E.Contributor(
        _E.SpecialContributor("GenerativeAI"),
        _E.Role(_E.Value("GraphicArtist")),
        _E.AiContribution("All"),
        SequenceNumber="1",
    )


def _file(file: AudioFile | ImageFile) -> _Element:
    return _E.File(
        _E.URI(file.path),
        _E.HashSum(_E.Algorithm("SHA-256"), _E.HashSumValue(file.sha256)),
        _E.FileSize(str(file.size)),
    )


def _main_release(sealing: Sealing, recordings: Sequence[_Recording]) -> _Element:
    draft = sealing.draft
    return _E.Release(
        _E.ReleaseReference(MAIN_RELEASE),
        _E.ReleaseType(RELEASE_TYPES[draft.kind]),
        _release_id(sealing, _E.ICPN(sealing.identifiers.upc), draft.id),
        *_titles(draft.title),
        *_artist(draft.artist_name),
        _E.ReleaseLabelReference(LABEL),
        _line("P", draft.p_line),
        _line("C", draft.c_line),
        _E.Duration(_duration(draft.duration_s)),
        _genre(sealing),
        _E.ReleaseDate(sealing.release_on.isoformat()),
        _E.OriginalReleaseDate(sealing.original_on.isoformat()),
        _E.ParentalWarningType(_ADVISORY[draft.advisory]),
        _resource_group(recordings),
        _E.ContainsAI(contains_ai(release_share(draft.disclosure))),
    )


def _resource_group(recordings: Sequence[_Recording]) -> _Element:
    return _E.ResourceGroup(
        _E.SequenceNumber("1"),
        *(
            _E.ResourceGroupContentItem(
                _E.SequenceNumber(str(one.number)),
                _E.ReleaseResourceReference(one.reference),
            )
            for one in recordings
        ),
        _E.LinkedReleaseResourceReference(f"A{len(recordings) + 1}", LinkDescription="CoverArt"),
    )


def _track_release(sealing: Sealing, one: _Recording) -> _Element:
    return _E.TrackRelease(
        _E.ReleaseReference(one.release),
        _release_id(sealing, None, f"{sealing.draft.id}_1_{one.number}"),
        _E.ReleaseResourceReference(one.reference),
        _E.ReleaseLabelReference(LABEL),
        _genre(sealing),
    )


def _release_id(sealing: Sealing, code: _Element | None, own: str) -> _Element:
    codes = [] if code is None else [code]
    return _E.ReleaseId(*codes, _E.ProprietaryId(own, Namespace=f"DPID:{sealing.parties.sender_dpid}"))


def _genre(sealing: Sealing) -> _Element:
    sub = [_E.SubGenre(sealing.draft.subgenre)] if sealing.draft.subgenre else []
    return _E.DisplayGenre(_E.GenreText(sealing.draft.genre), *sub)


def _deals(sealing: Sealing, recordings: Sequence[_Recording]) -> _Element:
    releases = [MAIN_RELEASE, *(one.release for one in recordings)]
    deals = [one for deal in sealing.draft.deals for one in _terms(sealing, deal)]
    return _E.DealList(_E.ReleaseDeal(*(_E.DealReleaseReference(one) for one in releases), *deals))


def _terms(sealing: Sealing, deal: Deal) -> Iterator[_Element]:
    """One deal for each set of commercial models that allow the same uses."""
    by_use: dict[tuple[str, ...], list[str]] = {}
    for model in deal.commercial_models:
        by_use.setdefault(USE_TYPES[model], []).append(model)
    for uses, models in by_use.items():
        yield _E.Deal(
            _E.DealTerms(
                *(_E.TerritoryCode(territory) for territory in deal.territories),
                _E.ValidityPeriod(_E.StartDate(sealing.release_on.isoformat())),
                *(_E.CommercialModelType(model) for model in models),
                *(_E.UseType(use) for use in uses),
            )
        )


def _titles(title: str) -> tuple[_Element, _Element]:
    return (
        _E.DisplayTitleText(title, IsDefault="true"),
        _E.DisplayTitle(_E.TitleText(title), IsDefault="true"),
    )


def _artist(name: str) -> tuple[_Element, _Element]:
    return (
        _E.DisplayArtistName(name, IsDefault="true"),
        _E.DisplayArtist(
            _E.ArtistPartyReference(ARTIST), _E.DisplayArtistRole("MainArtist"), SequenceNumber="1"
        ),
    )


def _line(letter: str, text: str) -> _Element:
    """A P or C line; the draft's `2026 Label` becomes year, owner and text with its mark."""
    year, _, owner = text.partition(" ")
    mark = {"P": "℗", "C": "©"}[letter]
    return _E(
        f"{letter}Line",
        _E("Year", year),
        _E(f"{letter}LineCompany", owner),
        _E(f"{letter}LineText", f"{mark} {text}"),
    )


def _duration(seconds: float) -> str:
    """ISO 8601 as DDEX writes it, whole seconds: `PT2M54S`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"PT{hours}H{minutes}M{rest}S" if hours else f"PT{minutes}M{rest}S"


def _flag(value: bool) -> str:
    return "true" if value else "false"
