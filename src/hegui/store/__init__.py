"""The database and the blob folder: connections, transactions, migrations.

Only repositories and the workspace import this room.
"""

from hegui.store.blobs import Blobs, write_once, write_whole
from hegui.store.database import Connection, Database, UnsupportedDatabase
from hegui.store.errors import DatabaseFault, DatabaseUnavailable, StorageFull, is_full
from hegui.store.identity import ForeignDatabase, claim
from hegui.store.migrate import SchemaTooNew, migrate
from hegui.store.schema import metadata

__all__ = [
    "Blobs",
    "Connection",
    "Database",
    "DatabaseFault",
    "DatabaseUnavailable",
    "ForeignDatabase",
    "SchemaTooNew",
    "StorageFull",
    "UnsupportedDatabase",
    "claim",
    "is_full",
    "metadata",
    "migrate",
    "write_once",
    "write_whole",
]
