"""The database and the blob folder: connections, transactions, migrations; and what replicas share.

Only repositories and the workspace open what is kept here.
"""

from hegui.store.blobs import Blobs, write_once, write_whole
from hegui.store.database import Connection, Database, UnsupportedDatabase, hand_over
from hegui.store.errors import DatabaseFault, DatabaseUnavailable, StorageFull, is_full
from hegui.store.identity import ForeignDatabase, claim
from hegui.store.migrate import SchemaTooNew, migrate
from hegui.store.quotas import (
    AloneWhenLost,
    Draw,
    LocalQuotas,
    Quota,
    Quotas,
    SharedStateLost,
    Taken,
)
from hegui.store.replicas import Replicas
from hegui.store.schema import metadata

__all__ = [
    "AloneWhenLost",
    "Blobs",
    "Connection",
    "Database",
    "DatabaseFault",
    "DatabaseUnavailable",
    "Draw",
    "ForeignDatabase",
    "LocalQuotas",
    "Quota",
    "Quotas",
    "Replicas",
    "SchemaTooNew",
    "SharedStateLost",
    "StorageFull",
    "Taken",
    "UnsupportedDatabase",
    "claim",
    "hand_over",
    "is_full",
    "metadata",
    "migrate",
    "write_once",
    "write_whole",
]
