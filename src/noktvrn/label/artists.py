"""Artists: create, look, evolve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from noktvrn.kernel.errors import Conflict
from noktvrn.kernel.ids import derive, parse
from noktvrn.kernel.seeds import seed_of
from noktvrn.label.office import Office
from noktvrn.label.portraits import portrayed
from noktvrn.model.artist import Artist, CreationReport, Profile
from noktvrn.model.picture import PictureKind
from noktvrn.model.progression import Progression
from noktvrn.production.studio import Studio
from noktvrn.storage import audit
from noktvrn.storage.ledger import artists, audience

if TYPE_CHECKING:
    from noktvrn.llm.summary import Summary


class Artists:
    """Verbs about artists."""

    def __init__(self, office: Office) -> None:
        self._studio = office.studio

    def create(
        self, prompt: str, *, seed: int | None = None, language: str = "", actor: str = "person"
    ) -> Artist:
        """A sentence becomes an artist. The same sentence and seed find the artist they made before.

        Raises:
            Invalid: nothing can be made of the sentence.
            NotAllowed: the sentence asks for what the house refuses.
            NotReady: nobody here can write songs in `language` (BCP 47).
            Conflict: the artist it made before sings in another language.
        """
        from noktvrn.label.language import check_known, check_language
        from noktvrn.words.prompt import clean

        check_language(language, self._studio.settings)
        text = clean(prompt).text
        chosen = seed_of(text) if seed is None else seed
        with self._studio.database.read() as connection:
            known = artists.find(connection, derive("artist", text, chosen))
            roster = artists.every(connection)
        if known:
            check_known(known, language)
        return known or self._create(prompt, chosen, roster, actor, language)

    def _create(
        self, prompt: str, seed: int, roster: tuple[Artist, ...], actor: str, language: str = ""
    ) -> Artist:
        from noktvrn.artist.builder import build
        from noktvrn.label.language import speaking
        from noktvrn.reference import load

        artist, report = build(
            self._studio.cast.writer(),
            prompt=prompt,
            seed=seed,
            taken_names=[other.profile.stage_name for other in roster],
            now=self._studio.clock.now(),
            biographies=[other.profile.biography for other in roster],
            personas=[other.profile.persona.description for other in roster],
            reference=load(self._studio.settings),
        )
        artist, report = speaking(artist, report, language, self._studio.settings)
        artist = portrayed(self._studio, artist)
        try:
            enter(self._studio, artist, report, actor)
        except Conflict:
            # Another process may have made this very artist meanwhile: same sentence, same seed, same artist.
            with self._studio.database.read() as connection:
                known = artists.find(connection, artist.id)
            if known is None:
                raise
            return known
        return artist

    def get(self, artist_id: str) -> Artist:
        """An artist. Raises Invalid or NotFound."""
        with self._studio.database.read() as connection:
            return artists.get(connection, parse("artist", artist_id))

    def every(self) -> tuple[Artist, ...]:
        """All artists, oldest first."""
        with self._studio.database.read() as connection:
            return artists.every(connection)

    def report(self, artist_id: str) -> CreationReport | None:
        """How the artist came to be."""
        artist = self.get(artist_id)
        with self._studio.database.read() as connection:
            return artists.report_of(connection, artist.id)

    def picture(self, artist: Artist, kind: PictureKind) -> Path | None:
        """Where the artist's avatar or banner lies."""
        asset = {"avatar": artist.avatar, "banner": artist.banner}.get(kind)
        return self._studio.vault.path(asset, artist_id=artist.id) if asset else None

    def voice_sample(self, artist: Artist) -> Path | None:
        """Where the artist's voice sample lies; None where nobody sang one."""
        asset = artist.voice_sample
        return self._studio.vault.path(asset, artist_id=artist.id) if asset else None

    def progression(self, artist_id: str) -> tuple[Progression, ...]:
        """The artist's progression, oldest first."""
        artist = self.get(artist_id)
        with self._studio.database.read() as connection:
            return audience.progression(connection, artist.id)

    def so_far(self, artist_id: str, *, ask: bool = False) -> Summary:
        """The artist's story in a few sentences: the house's own, or a model's where one is asked for."""
        from noktvrn.label.stories import story_of, told_by_model
        from noktvrn.llm.summary import told

        artist = self.get(artist_id)
        with self._studio.database.read() as connection:
            story = story_of(connection, artist)
        return told_by_model(self._studio, story) if ask else told(story)

    def evolve(self, artist_id: str, *, actor: str = "person") -> tuple[Artist, Progression]:
        """Reads how listeners responded; writes a new profile version, or says why not."""
        from noktvrn.label.evolving import propose

        artist = self.get(artist_id)
        now = self._studio.clock.now()
        profile, progression = propose(self._studio.database, artist, now)
        moved = progression.decision == "moved"
        evolved = _next_version(artist, profile, progression) if moved else artist
        with self._studio.database.begin() as connection:
            if moved:
                artists.save(connection, evolved, reason="; ".join(progression.why))
            audience.add_progression(connection, progression)
            audit.record(
                connection,
                f"artist.{progression.decision}",
                artist_id=artist.id,
                subject=artist.id,
                actor=actor,
                at=now,
                detail={"version": evolved.version, "why": list(progression.why)},
            )
        return evolved, progression


def _next_version(artist: Artist, profile: Profile, progression: Progression) -> Artist:
    return artist.model_copy(
        update={"profile": profile, "version": progression.to_version, "updated_at": progression.at}
    )


def enter(studio: Studio, artist: Artist, report: CreationReport, actor: str, act: str = "created") -> None:
    """Enters a new artist with its report, which tells who wrote it and what files it came with.

    Raises:
        Conflict: the id or the name is taken.
    """
    from noktvrn.label.authorship import authors

    files = tuple(asset for asset in (artist.avatar, artist.banner, artist.voice_sample) if asset)
    with studio.database.begin() as connection:
        whole = report.model_copy(
            update={"assets": files, "authors": authors(connection, artist.id, report.writer)}
        )
        artists.add(connection, artist, whole)
        audit.record(
            connection,
            f"artist.{act}",
            artist_id=artist.id,
            subject=artist.id,
            actor=actor,
            at=artist.created_at,
            detail={"seed": artist.seed, "profile": artist.profile.digest()},
        )
