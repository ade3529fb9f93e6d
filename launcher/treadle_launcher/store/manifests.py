"""What digests are made of, kept so that two can be compared when one is gone."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from treadle_launcher import codec
from treadle_launcher.manifest import CodeManifest
from treadle_launcher.store.schema import manifests as table


def put(connection: Connection, digest: str, manifest: CodeManifest) -> None:
    """Keep what a digest is made of, unless it is kept already."""
    row = insert(table).values(digest=digest, manifest_json=codec.dumps(manifest))
    connection.execute(row.on_conflict_do_nothing())


def get(connection: Connection, digest: str) -> CodeManifest | None:
    """Return what a digest is made of, if it was kept."""
    query = select(table.c.manifest_json).where(table.c.digest == digest)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else codec.loads(CodeManifest, found)
