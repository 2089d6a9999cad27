"""What the disk and the database can refuse."""

import errno

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from hegui.core import Conflict

_POSTGRES_DISK_FULL = "53100"

DatabaseFault = SQLAlchemyError
"""Whatever else a database can raise: a broken constraint, a statement it does not know."""


class StorageFull(Conflict):
    """There is no room left for what should be written; nothing was written by halves."""

    def __init__(self, place: str) -> None:
        """Name what could not be written to."""
        super().__init__(
            zh=f"{place}：空间已满，没有写入任何内容；请腾出空间后重试，已完成的工作不会丢失",
            en=f"{place}: no space left, nothing was written; free some space and repeat, "
            "finished work is kept",
        )


class DatabaseUnavailable(Conflict):
    """The database cannot be reached or is held by another writer for too long."""

    def __init__(self, url: str, reason: str) -> None:
        """Name the database (without its password) and the driver's reason."""
        super().__init__(
            zh=f"数据库 {url} 不可用：{reason}；请检查它是否在运行、地址是否正确，或是否有别的进程长时间占用",
            en=f"database {url} is unavailable: {reason}; check that it runs, that the address is right, "
            "and that no other process holds it for long",
        )


def is_full(error: BaseException) -> bool:
    """Whether ``error`` says that the disk is full."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    if isinstance(error, DBAPIError):
        return (
            "database or disk is full" in str(error.orig)
            or getattr(error.orig, "sqlstate", None) == _POSTGRES_DISK_FULL
        )
    return False
