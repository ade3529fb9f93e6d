"""What digests are made of, kept so that two can be compared when one is gone."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Final

from treadle_launcher import codec
from treadle_launcher.planning.manifest import CodeManifest
from treadle_launcher.store.schema import manifests
from treadle_launcher.store.statements import Statement, among, listed, put_in

_PUT: Final = put_in(manifests, "digest")
_GET: Final = Statement(f"SELECT * FROM manifests WHERE {among('digest', 'digests')}")


def put(connection: Connection, location: str, digest: str, manifest: CodeManifest) -> None:
    """Keep what a location's code server says that a digest is made of, as it said it last."""
    _PUT.run(connection, digest=_key(location, digest), manifest_json=codec.dumps(manifest))


def get(connection: Connection, location: str, digest: str) -> CodeManifest | None:
    """Return what a digest of a location's is made of, if it was kept."""
    # Those from before were kept by the digest alone, which has no line's end and sorts first.
    keys = (digest, _key(location, digest))
    rows = _GET.rows(connection, digests=listed(keys))
    found = {row.digest: row.manifest_json for row in rows}
    text = next((found[key] for key in reversed(keys) if key in found), None)
    return None if text is None else codec.loads(CodeManifest, text)


def _key(location: str, digest: str) -> str:
    return f"{location}\n{digest}"
