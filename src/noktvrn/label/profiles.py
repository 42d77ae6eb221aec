"""The profiles of artists over time: edited, compared, rolled back, taken out as a file and brought in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from noktvrn.artist.completion import Imported, complete
from noktvrn.artist.document import document, read_document
from noktvrn.artist.editing import Change, checked, differences, edited, same_identity
from noktvrn.artist.validator import examine
from noktvrn.kernel.errors import Conflict, Invalid, NotAllowed
from noktvrn.kernel.ids import parse
from noktvrn.label.artists import enter
from noktvrn.label.office import Office
from noktvrn.label.portraits import portrayed
from noktvrn.model.artist import Artist, CreationReport, LifecycleState, Profile
from noktvrn.model.finding import Finding, Report, Severity
from noktvrn.model.noun import Noun
from noktvrn.roles.writer import Writer
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, releases

MOST_TOLD = 3
"""Broken rules that one error tells of."""


class Version(Noun):
    """One version of a profile: its number, why it was made and when."""

    version: int
    reason: str
    at: str


class Edited(NamedTuple):
    """An artist after a change: what was changed, and what the house warns of."""

    artist: Artist
    changes: tuple[Change, ...]
    warnings: tuple[str, ...] = ()


class Brought(NamedTuple):
    """An artist from a file: whether it is `new` here, what was filled in or changed."""

    artist: Artist
    new: bool
    changes: tuple[Change, ...] = ()
    notices: tuple[str, ...] = ()


class Profiles:
    """Verbs about the profiles of artists. Releases keep the version they were made with."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    def versions(self, artist_id: str) -> tuple[Version, ...]:
        """Every version, oldest first. Raises NotFound."""
        with self._studio.database.read() as connection:
            artist = artists.get(connection, parse("artist", artist_id))
            rows = artists.versions(connection, artist.id)
        return tuple(Version(version=number, reason=why, at=at.isoformat()) for number, why, at in rows)

    def diff(self, artist_id: str, before: int | None = None, after: int | None = None) -> tuple[Change, ...]:
        """Field by field, what changed from one version (default: the one before) to another (the present).

        Raises:
            NotFound: no such artist or version.
        """
        with self._studio.database.read() as connection:
            artist = artists.get(connection, parse("artist", artist_id))
            last = artist.version if after is None else after
            first = max(1, last - 1) if before is None else before
            old = artists.profile_at(connection, artist.id, first)
            new = artists.profile_at(connection, artist.id, last)
        return differences(old, new)

    def edit(
        self,
        artist_id: str,
        changes: Mapping[str, Any],
        *,
        version: int | None = None,
        actor: str = "person",
    ) -> Edited:
        """A new version with fields set by hand. `version`, where given, is the one the editor has read.

        Raises:
            Invalid: no such field, a value it cannot have, or a profile that breaks a house rule.
            NotAllowed: a field that makes the artist who it is, or a new name after a release.
            Conflict: nothing would change, or the artist was changed meanwhile.
        """
        artist = self._get(artist_id)
        if version is not None and version != artist.version:
            raise Conflict(
                f"{artist.profile.stage_name} is at version {artist.version}, not {version}.",
                code="artist.stale",
                hint="Read it again, then repeat the change.",
            )
        profile = edited(artist.profile, changes)
        return self._changed(artist, profile, "edited: " + ", ".join(changes), "edited", actor)

    def rewrite(self, artist_id: str, raw: bytes, *, actor: str = "person") -> Edited:
        """A new version from a file that holds the whole profile, or some of its fields.

        Raises:
            Invalid, NotAllowed, Conflict: as `edit`.
        """
        artist = self._get(artist_id)
        data = read_document(raw)
        own = data.get("profile", data)
        if not isinstance(own, dict):
            raise Invalid(
                "The field profile holds no fields.", code="artist.bad_document", hint="See the docs."
            )
        was = artist.profile.as_data()
        changes = {name: value for name, value in own.items() if name not in was or was[name] != value}
        return self.edit(artist.id, _by_field(was, changes), actor=actor)

    def rollback(self, artist_id: str, version: int, *, actor: str = "person") -> Edited:
        """A new version with the content of an old one; what the artist never leaves stays the present one's.

        Raises:
            NotFound: no such artist or version.
            Invalid: the old content breaks a house rule by now. Conflict: nothing would change.
        """
        artist = self._get(artist_id)
        with self._studio.database.read() as connection:
            old = artists.profile_at(connection, artist.id, version)
        # The statement bears the stage name; everything else of the anchor is never rolled away from.
        anchor = artist.profile.anchor.as_data() | {"statement": old.anchor.statement}
        profile = checked(old.as_data() | {"anchor": anchor})
        return self._changed(artist, profile, f"rolled back to version {version}", "rolled_back", actor)

    def export(self, artist_id: str, version: int | None = None) -> dict[str, Any]:
        """Who an artist is, as plain data that `bring` reads. Raises NotFound."""
        artist = self._get(artist_id)
        if version is not None and version != artist.version:
            with self._studio.database.read() as connection:
                profile = artists.profile_at(connection, artist.id, version)
            artist = artist.model_copy(update={"profile": profile, "version": version})
        return document(artist)

    def bring(self, raw: bytes, *, as_new: bool = False, actor: str = "person") -> Brought:
        """An artist from a file. One that is here already gets a new version; `as_new` makes another artist.

        Raises:
            Invalid: the file or its profile cannot be used.
            Conflict: the id is another artist's here.
        """
        from noktvrn.reference import load

        data = read_document(raw)
        if as_new:
            data.pop("id", None)
        found = complete(data, self._embedded(), load(self._studio.settings))
        with self._studio.database.read() as connection:
            known = artists.find(connection, found.artist_id)
        if known is None:
            return self._new(found, actor)
        if not same_identity(known.profile, found.profile):
            raise Conflict(
                f"The id {known.id} is {known.profile.stage_name}'s here, who has another identity.",
                code="artist.other_identity",
                hint="Bring the file in with --as-new: it becomes an artist of its own.",
            )
        if known.profile == found.profile:
            return Brought(known, new=False)
        made = self._changed(known, found.profile, "imported", "imported", actor)
        return Brought(made.artist, False, made.changes, (*_filled(found), *made.warnings))

    def _new(self, found: Imported, actor: str) -> Brought:
        now = self._studio.clock.now()
        judged = self._judged(found.profile, None)
        artist = portrayed(
            self._studio,
            Artist(
                id=found.artist_id,
                version=1,
                state=LifecycleState.CANDIDATE,
                profile=found.profile,
                prompt=found.prompt,
                seed=found.seed,
                created_at=now,
                updated_at=now,
            ),
        )
        notices = (*_filled(found), *_warnings(judged))
        report = CreationReport(
            artist_id=artist.id,
            prompt=artist.prompt,
            seed=artist.seed,
            writer="procedural_writer" if found.filled else "file",
            notices=notices,
            origin="import",
            guessed=found.filled,
            rules_checked=judged.checked,
        )
        enter(self._studio, artist, report, actor, act="imported")
        return Brought(artist, True, (), notices)

    def _embedded(self) -> Writer:
        """The writer that needs no service: what a file lacks is filled in the same way everywhere."""
        from noktvrn.providers._kit import Kit
        from noktvrn.providers.registry import open_player

        kit = Kit(clock=self._studio.clock, scratch=self._studio.scratch)
        return cast("Writer", open_player("writer", "procedural_writer", self._studio.settings, kit))

    def _get(self, artist_id: str) -> Artist:
        with self._studio.database.read() as connection:
            return artists.get(connection, parse("artist", artist_id))

    def _changed(self, artist: Artist, profile: Profile, reason: str, act: str, actor: str) -> Edited:
        changes = differences(artist.profile, profile)
        if not changes:
            raise Conflict(
                "Nothing would change.",
                code="artist.unchanged",
                hint=f"`noktvrn artist versions {artist.id}` shows what there is.",
            )
        if profile.stage_name != artist.profile.stage_name:
            self._check_rename(artist)
        warnings = _warnings(self._judged(profile, artist))
        now = self._studio.clock.now()
        made = artist.model_copy(
            update={"profile": profile, "version": artist.version + 1, "updated_at": now}
        )
        with self._studio.database.begin() as connection:
            artists.save(connection, made, reason=reason[:300])
            audit.record(
                connection,
                f"artist.{act}",
                artist_id=artist.id,
                subject=artist.id,
                actor=actor,
                at=now,
                detail={
                    "version": made.version,
                    "fields": [change.field for change in changes],
                    "profile": profile.digest(),
                },
            )
        return Edited(made, changes, warnings)

    def _check_rename(self, artist: Artist) -> None:
        with self._studio.database.read() as connection:
            released = releases.every(connection, artist_id=artist.id)
        if released:
            raise NotAllowed(
                f"{artist.profile.stage_name} has releases under this name.",
                code="artist.name_released",
                hint="Stores know the artist by it; a new name is a new artist.",
            )

    def _judged(self, profile: Profile, artist: Artist | None) -> Report:
        """What the house says of it. Raises Invalid with the first rules that are broken."""
        from noktvrn.reference import load

        with self._studio.database.read() as connection:
            roster = [one for one in artists.every(connection) if artist is None or one.id != artist.id]
        report = examine(
            profile,
            taken_names=[one.profile.stage_name for one in roster],
            biographies=[one.profile.biography for one in roster],
            personas=[one.profile.persona.description for one in roster],
            reference=load(self._studio.settings),
        )
        errors = [found for found in report.findings if found.severity is Severity.ERROR]
        if errors:
            raise _broken(errors)
        return report


def _warnings(report: Report) -> tuple[str, ...]:
    return tuple(found.message for found in report.findings)


def _broken(errors: Sequence[Finding]) -> Invalid:
    """The first rules a profile breaks, in one error of the very first's code."""
    shown = errors[:MOST_TOLD]
    messages, hints = (
        [*dict.fromkeys(texts)] for texts in zip(*((e.message, e.hint) for e in shown), strict=True)
    )
    rest = [f"And {len(errors) - len(shown)} more."] if len(errors) > len(shown) else []
    return Invalid(" ".join([*messages, *rest]), code=errors[0].rule, hint=" ".join(hints))


def _filled(found: Imported) -> tuple[str, ...]:
    if not found.filled:
        return ()
    own = [name for name in type(found.profile).model_fields if name not in found.filled]
    if len(found.filled) > len(own):
        return (f"The embedded writer wrote everything but {', '.join(own) or 'the prompt'}.",)
    return (f"The embedded writer wrote {', '.join(found.filled)}.",)


def _by_field(was: Mapping[str, Any], changes: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """The changes as paths of single fields, so that only what differs is asked for."""
    found: dict[str, Any] = {}
    for name, value in changes.items():
        old = was.get(name)
        if isinstance(value, dict) and isinstance(old, dict):
            inner = {key: one for key, one in value.items() if key not in old or old[key] != one}
            found |= _by_field(old, inner, f"{above}{name}.")
        else:
            found[f"{above}{name}"] = value
    return found
