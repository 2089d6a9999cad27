"""What every test may ask for."""

import datetime as dt
import ipaddress
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa

from hegui.store import Blobs, Database, migrate
from simulators import postgres
from simulators import redis as simulated_redis
from simulators.clock import SteppableClock

# A machine under load is no fault of the code, so examples have no deadline. In CI the examples are the
# same on every run: a red run is then about the change at hand. Elsewhere they vary, and so find more.
_PROFILES = {
    "house": hypothesis.settings(deadline=None, print_blob=True),
    "ci": hypothesis.settings(deadline=None, print_blob=True, derandomize=True, database=None),
    "thorough": hypothesis.settings(deadline=None, print_blob=True, max_examples=1000),
}
for _name, _settings in _PROFILES.items():
    hypothesis.settings.register_profile(_name, _settings)
hypothesis.settings.load_profile(
    os.environ.get("HEGUI_HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "house")
)

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
"""Noon in China on the day the fixed clock shows."""


class OutsideNetwork(RuntimeError):
    """A test tried to reach something that is not on this machine."""


def _refuse_outside_network(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else "localhost"
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _is_this_machine(host):
        raise OutsideNetwork(f"tests stay on this machine, but this one asked for {host!r}")


def _is_this_machine(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


sys.addaudithook(_refuse_outside_network)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name no test after bytes.

    What packs them may put the time into them, and then two workers collect tests of different names.
    """
    return argname if isinstance(val, bytes) else None


@pytest.fixture
def clock() -> SteppableClock:
    """A clock that stands at noon in China on 2026-11-22 until it is moved."""
    return SteppableClock(NOON)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server where databases may be made."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a Redis server; tests keep to names of their own there."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(simulated_redis.server())
        except simulated_redis.NoServer as error:
            pytest.skip(f"no Redis server: {error}")
        yield url


@pytest.fixture
def own_redis() -> Iterator[tuple[str, Callable[[], None]]]:
    """The URL of a Redis server of this test's own, and what ends it."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(simulated_redis.own_server())
        except simulated_redis.NoServer as error:
            pytest.skip(f"no Redis server: {error}")
        yield url, stack.close


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "hegui.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: str) -> Iterator[str]:
    with postgres.throwaway_database(postgres_server) as url:
        _migrate(url)
        yield str(sa.make_url(url).database)


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        with postgres.throwaway_database(request.getfixturevalue("postgres_server")) as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database of this test's own, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "hegui.db"
        shutil.copyfile(request.getfixturevalue("_sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        template = request.getfixturevalue("_postgres_template")
        server = request.getfixturevalue("postgres_server")
        with postgres.throwaway_database(server, template=template) as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database of this test's own, once on SQLite and once on PostgreSQL."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    """An empty blob folder."""
    return Blobs(tmp_path / "blobs")


@pytest.fixture
def ledger(database: Database, tmp_path: Path, clock: SteppableClock):
    """An empty ledger on ``database``, written to by ``test@hegui``."""
    from hegui.ledger import Ledger  # noqa: PLC0415 - most tests need no ledger

    return Ledger(
        database=database,
        keys=tmp_path / "keys",
        checkpoints=tmp_path / "checkpoints",
        clock=clock,
        origin="hegui.example/test",
        actor="test@hegui",
    )


@pytest.fixture(scope="session")
def rulebook():
    """The packaged rulebook."""
    from hegui.rulebook import Rulebook  # noqa: PLC0415 - most tests need no rulebook

    return Rulebook.load()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of larger data sets beside the checkout, or the one ``HEGUI_SHARED`` names."""
    beside = Path(__file__).parents[2] / "shared"
    folder = Path(os.environ.get("HEGUI_SHARED", beside))
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}: these tests read data sets that are not part of the repository")
    return folder
