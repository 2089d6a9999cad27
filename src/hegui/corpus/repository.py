"""The register and the scans, as rows."""

import msgspec
import sqlalchemy as sa

from hegui.corpus.model import RegisteredSource, ScannedSource
from hegui.store import metadata

_sources = sa.Table(
    "corpus_source",
    metadata,
    sa.Column("id", sa.String(63), primary_key=True),
    sa.Column("registration", sa.Text, nullable=False),
)

_scans = sa.Table(
    "corpus_scan",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("source_id", sa.String(63), sa.ForeignKey("corpus_source.id"), nullable=False, index=True),
    sa.Column("scanned", sa.Text, nullable=False),
)


class SourceRepository:
    """Registrations, one per source, and every scan that was made of it."""

    def put_registration(self, connection: sa.Connection, registration: RegisteredSource) -> None:
        """Keep ``registration`` in place of an earlier one of the same source."""
        values = {"registration": msgspec.json.encode(registration).decode()}
        source_id = registration.source.id
        updated = connection.execute(_sources.update().where(_sources.c.id == source_id).values(values))
        if updated.rowcount == 0:
            connection.execute(_sources.insert().values(id=source_id, **values))

    def registrations(self, connection: sa.Connection) -> dict[str, RegisteredSource]:
        """Every registration by the source's id, in order of the ids."""
        rows = connection.execute(sa.select(_sources.c.id, _sources.c.registration))
        # Sorted here because databases order text by their own collations.
        return {
            row.id: msgspec.json.decode(row.registration, type=RegisteredSource)
            for row in sorted(rows, key=lambda row: str(row.id))
        }

    def add_scan(self, connection: sa.Connection, scanned: ScannedSource) -> None:
        """Keep a scan beside the earlier ones."""
        connection.execute(
            _scans.insert().values(
                source_id=scanned.scan.source, scanned=msgspec.json.encode(scanned).decode()
            )
        )

    def scans(self, connection: sa.Connection, source_id: str) -> tuple[ScannedSource, ...]:
        """Every scan of a source, the earliest first."""
        rows = connection.execute(
            sa.select(_scans.c.scanned).where(_scans.c.source_id == source_id).order_by(_scans.c.id)
        )
        return tuple(msgspec.json.decode(row.scanned, type=ScannedSource) for row in rows)

    def latest_scans(self, connection: sa.Connection) -> dict[str, ScannedSource]:
        """The last scan of every source that has one, by the source's id."""
        newest = sa.select(sa.func.max(_scans.c.id)).group_by(_scans.c.source_id)
        rows = connection.execute(
            sa.select(_scans.c.source_id, _scans.c.scanned).where(_scans.c.id.in_(newest))
        )
        return {row.source_id: msgspec.json.decode(row.scanned, type=ScannedSource) for row in rows}
