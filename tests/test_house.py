"""House rules that no other tool holds."""

import ast
import importlib
import os
import pkgutil
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import hegui

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "hegui"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "versions" not in path.parts)
ROOMS = sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

# Modules whose tests are elsewhere, and where. This list may only shrink.
TESTED_ELSEWHERE = {
    "cli/init.py": "unit/cli/test_main.py",
    "ledger/anchor.py": "unit/ledger/test_service.py",
    "ledger/manifest.py": "unit/ledger/test_verify.py",
    "ledger/repository.py": "unit/ledger/test_service.py",
    "ledger/stream.py": "unit/ledger/test_service.py",
    "rulebook/files.py": "unit/rulebook/test_data.py",
    "store/migrations/env.py": "unit/store/test_migrate.py",
}

# Test files about data rather than about one module.
ABOUT_DATA = {"rulebook/test_basis.py", "rulebook/test_data.py"}

# Words that two rooms use, each for an idea of its own. This list may only shrink.
SHARED_WORDS = {"Finding", "Reading", "Run", "Source", "Stream"}

FORBIDDEN_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "base",
    "handlers",
    "engine",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def tracked_files() -> tuple[Path, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    return tuple(path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file())


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked_files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a document


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


# --- front doors -----------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_for(room):
    charter = ast.get_docstring(tree(SOURCE / room / "__init__.py"))
    assert charter
    assert charter.splitlines()[0].endswith(".")


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "cli"])
def test_a_front_door_lists_exactly_what_it_opens(room):
    imported = {name for _, module, name in imports(SOURCE / room / "__init__.py") if module != "hegui.core"}
    door = importlib.import_module(f"hegui.{room}")
    assert set(door.__all__) == imported
    assert len(door.__all__) == len(set(door.__all__))
    for name in door.__all__:
        getattr(door, name)


def imports(path: Path) -> Iterator[tuple[int, str, str | None]]:
    """Line, module and name of every import of Hegui in the file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "hegui":
            for alias in node.names:
                yield node.lineno, node.module, alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "hegui":
                    yield node.lineno, alias.name, None


@cache
def opened(room: str) -> frozenset[str]:
    """The names that a room's front door imports."""
    door = tree(SOURCE / room / "__init__.py")
    return frozenset(
        a.name for node in ast.walk(door) if isinstance(node, ast.ImportFrom) for a in node.names
    )


def is_submodule(room: str, name: str) -> bool:
    # A function may share the name of the file it is defined in; what the front door opens is the function.
    exists = (SOURCE / room / f"{name}.py").exists() or (SOURCE / room / name).is_dir()
    return exists and name not in opened(room)


def trespass(path: Path, module: str, name: str | None) -> str | None:
    """What is wrong with an import in ``path``, if anything."""
    here = path.relative_to(SOURCE).parts
    parts = module.split(".")
    if len(parts) == 1 or not (SOURCE / parts[1]).is_dir():
        return None  # hegui itself, or a module beside the rooms
    target = parts[1]
    submodule = len(parts) == 2 and name is not None and is_submodule(target, name)
    if here[0] != target:
        deep = len(parts) > 2 or submodule
        return f"passes {target}'s front door; import from hegui.{target}" if deep else None
    if len(parts) == 2 and not submodule and path.name != "__init__.py":
        return f"uses its own front door; import from the sibling that defines {name}"
    return None


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_outsiders_use_the_front_door_and_insiders_do_not(path):
    # The command line's own modules are one per command: they are looked up by name and have no front door.
    found = [
        f"{name_of(path)}:{line}: {fault}"
        for line, module, name in imports(path)
        if (fault := trespass(path, module, name))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("module", "name"),
    [("hegui.corpus.model", "Source"), ("hegui.corpus", "model"), ("hegui.corpus.model", None)],
)
def test_passing_a_front_door_is_noticed(module, name):
    assert "front door" in trespass(SOURCE / "gateway" / "service.py", module, name)


def test_using_ones_own_front_door_is_noticed():
    assert "own front door" in trespass(SOURCE / "corpus" / "service.py", "hegui.corpus", "Source")


OPENS_DATABASES = {"Database", "metadata", "migrate", "claim"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_services_repositories_and_the_workspace_open_the_store(path):
    named = {name for _, module, name in imports(path) if module == "hegui.store"} & OPENS_DATABASES
    allowed = path.parent.name == "store" or path.name in {"service.py", "repository.py", "workspace.py"}
    assert allowed or not named, f"{name_of(path)} imports {named}; let the room's service do it"


# --- names -----------------------------------------------------------------------------------------


def test_no_file_has_a_name_that_says_nothing():
    found = [name_of(p) for p in MODULES if FORBIDDEN_NAMES & {*p.relative_to(SOURCE).parts, p.stem}]
    assert found == []


# An auditor runs this file without the rest, so it has words of its own for what it reads.
STANDS_ALONE = {"ledger/verify.py"}


def test_no_class_name_is_used_twice():
    places: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(tree(path)):
            public = isinstance(node, ast.ClassDef) and not node.name.startswith("_")
            if public and name_of(path) not in STANDS_ALONE:
                places[node.name].append(f"{name_of(path)}:{node.lineno}")
    twice = {name: where for name, where in places.items() if len(where) > 1}
    assert twice.keys() - SHARED_WORDS == set(), twice
    assert SHARED_WORDS - twice.keys() == set(), "used once only; take them off the list"
    for where in twice.values():
        rooms = [place.split("/")[0] for place in where]
        assert len(rooms) == len(set(rooms)), where


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_class_has_a_name_that_says_nothing(path):
    vague = re.compile(r"(Manager|Handler|Helper|Processor|Engine|Base|Utils?|DTO|Schema)$")
    found = [n.name for n in ast.walk(tree(path)) if isinstance(n, ast.ClassDef) and vague.search(n.name)]
    assert found == []


# --- tests -----------------------------------------------------------------------------------------


def has_logic(path: Path) -> bool:
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree(path)))


def mirror(path: Path) -> Path:
    inside = path.relative_to(SOURCE)
    if path.name == "__main__.py":
        return ROOT / "tests" / "unit" / inside.parent / "test_main.py"
    return ROOT / "tests" / "unit" / inside.parent / f"test_{inside.name}"


@pytest.mark.parametrize("path", [p for p in MODULES if p.name != "__init__.py"], ids=name_of)
def test_a_module_with_logic_has_its_test_file(path):
    elsewhere = TESTED_ELSEWHERE.get(name_of(path))
    if elsewhere:
        assert (ROOT / "tests" / elsewhere).exists()
        assert not mirror(path).exists(), f"{name_of(path)} has its test file; take it off the list"
    elif has_logic(path):
        assert mirror(path).exists(), f"write {mirror(path).relative_to(ROOT)}"


def test_the_list_of_modules_tested_elsewhere_holds_no_ghosts():
    assert [name for name in TESTED_ELSEWHERE if not (SOURCE / name).exists()] == []


def test_every_test_file_has_its_module():
    ghosts = []
    for path in (ROOT / "tests" / "unit").rglob("test_*.py"):
        inside = path.relative_to(ROOT / "tests" / "unit")
        if str(inside) in ABOUT_DATA:
            continue
        if inside.parts[0] == "simulators":
            module = ROOT / "tests" / "simulators" / path.name.removeprefix("test_")
        else:
            module = SOURCE / inside.parent / path.name.removeprefix("test_")
        if not module.exists() and not module.with_name(f"__{module.stem}__.py").exists():
            ghosts.append(str(inside))
    assert ghosts == []


# --- reasons ---------------------------------------------------------------------------------------

EXEMPTION = re.compile(r"#\s*(?:type:\s*ignore|noqa|ruff:\s*noqa|pragma:\s*no\s?cover|fmt:\s*off)")
REASON = re.compile(
    r"#\s*(?:type:\s*ignore\[[a-z0-9, -]+\]|noqa:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)"
    r"\s*(?:#|-)?\s*[^\s#-].{7,}"
)


def reason_above(lines: list[str], index: int) -> bool:
    """Whether a comment stands above the line, or above a run of exempted lines that it ends."""
    while index > 0 and EXEMPTION.search(lines[index - 1]):
        index -= 1
    return index > 0 and lines[index - 1].strip().startswith("#")


def test_every_exemption_names_its_rule_and_its_reason():
    found = []
    for path, text in texts():
        if path.suffix != ".py" or path == Path(__file__):
            continue
        lines = text.splitlines()
        for number, line in enumerate(lines, start=1):
            if EXEMPTION.search(line) and not (REASON.search(line) or reason_above(lines, number - 1)):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("line", "reasoned"),
    [
        ("x()  # noqa: S603 - the program is our own", True),
        ("x()  # type: ignore[arg-type]  # main always sets it", True),
        ("x()  # noqa: S603", False),
        ("x()  # noqa", False),
        ("x()  # type: ignore", False),
        ("x()  # type: ignore[misc]", False),
    ],
)
def test_an_exemption_without_a_reason_is_noticed(line, reasoned):
    assert EXEMPTION.search(line)
    assert bool(REASON.search(line)) is reasoned


# --- what a stranger finds -------------------------------------------------------------------------

REGISTRIES = re.compile(
    "|".join(
        [
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "npm" + r"js\.",
            "debian" + r"\.org",
            "--index-" + "url [^$]",
        ]
    )
)


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    elsewhere = re.compile(r"/wo" + r"rk/|/ro" + r"ot/|/ho" + r"me/\w")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path, text in texts()
        for match in [REGISTRIES.search(text) or elsewhere.search(text)]
        if match
    ]
    assert found == []


EXTRAS = PYPROJECT["project"]["optional-dependencies"]


def test_what_takes_gigabytes_is_in_no_lock():
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert not re.search(r"^(torch|transformers|nvidia-\S+)==", lock.read_text(), re.MULTILINE), lock.name


def test_the_locks_pin_what_the_project_asks_for():
    pinned = {}
    for line in (ROOT / "requirements" / "dev.lock").read_text().splitlines():
        if match := re.match(r"([a-z0-9-]+)==([^ ;]+)", line):
            pinned[match[1]] = match[2]
    asked = [
        *PYPROJECT["project"]["dependencies"],
        *(r for extra in EXTRAS.values() for r in extra),
        *(r for group in PYPROJECT["dependency-groups"].values() for r in group),
    ]
    stale = [
        requirement
        for requirement in map(Requirement, asked)
        if requirement.name != "hegui"
        and not requirement.specifier.contains(pinned.get(canonicalize_name(requirement.name), "0"))
    ]
    assert stale == [], "run: make lock"


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.lock")), ids=lambda path: path.name)
def test_every_line_of_a_lock_has_its_hashes(lock):
    entries = lock.read_text().replace("\\\n", " ").strip().splitlines()
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)


def test_the_generated_pages_are_current():
    run = subprocess.run(
        [sys.executable, ROOT / "scripts" / "reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_every_record_of_a_decision_is_in_the_index():
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text()
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", index) == records


@pytest.mark.parametrize(
    "path", [p for p in tracked_files() if p.suffix == ".md"], ids=lambda p: str(p.relative_to(ROOT))
)
def test_every_link_to_a_file_leads_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    missing = [t for t in targets if "://" not in t and not (path.parent / t).exists()]
    assert missing == []


def shell_lines(path: Path) -> list[str]:
    blocks = re.findall(r"```(?:sh|bash|shell)\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_shows_the_two_commands_and_no_target_that_is_missing(name):
    lines = shell_lines(ROOT / name)
    assert {"make demo", "make test"} <= set(lines)
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [line for line in lines if line.startswith("make ") and line.split()[1] not in targets] == []
    assert [line for line in lines if not line.startswith(("make ", "hegui ", "cd "))] == []


@pytest.fixture
def newcomer(tmp_path, monkeypatch):
    """Somebody with the example's profile in an empty folder, who has done what the README says first."""
    shutil.copy(ROOT / "examples" / "chat-service" / "service.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEGUI_WORKSPACE", str(tmp_path / "my-service"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")


def test_the_readme_shows_the_same_commands_in_both_languages():
    assert shell_lines(ROOT / "README.md") == shell_lines(ROOT / "README.zh.md")


def test_the_commands_of_the_readme_run(newcomer):
    for line in shell_lines(ROOT / "README.md"):
        if line.startswith("hegui "):
            run = subprocess.run(shlex.split(line), capture_output=True, text=True, check=False)
            assert run.returncode == 0, line + run.stderr


def test_the_python_of_the_readme_runs(newcomer):
    subprocess.run(["hegui", "init"], check=True, capture_output=True)
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


# --- the harness -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reached", "listed", "fault"),
    [
        ({"corpus/a.py": 100.0}, {}, None),
        ({"corpus/a.py": 99.0}, {}, "covered to 99.0 %, of 100 % asked: lines 7"),
        ({"corpus/a.py": 91.0}, {"corpus/a.py": 90}, None),
        ({"corpus/a.py": 89.9}, {"corpus/a.py": 90}, "covered to 89.9 %, of 90 % asked"),
        ({"corpus/a.py": 95.4}, {"corpus/a.py": 90}, "make it: corpus/a.py 95"),
        ({"corpus/a.py": 100.0}, {"corpus/a.py": 100}, "needs no exception"),
        ({"ledger/a.py": 95.0}, {"ledger/a.py": 90}, "in a room without exceptions"),
        ({}, {"corpus/a.py": 90}, "does not exist"),
    ],
)
def test_the_coverage_gate_opens_and_shuts(reached, listed, fault):
    spec = importlib.util.spec_from_file_location("coverage_gate", ROOT / "scripts" / "coverage_gate.py")
    gate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gate)
    faults = gate.compare({path: (percent, "lines 7") for path, percent in reached.items()}, listed)
    assert len(faults) == (fault is not None)
    assert fault is None or fault in faults[0]


def test_a_test_cannot_reach_beyond_this_machine():
    with pytest.raises(RuntimeError, match="tests stay on this machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(RuntimeError, match="tests stay on this machine"):
        socket.getaddrinfo("hegui.example", 443)


# --- weight ----------------------------------------------------------------------------------------


def loaded_by(code: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules, file=sys.stderr)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split(".")[0] for name in run.stderr.split()}


WEB = {"aiohttp", "starlette", "uvicorn", "httpx", "openai"}
DATA = {"sqlalchemy", "alembic", "docx", "typst", "xlsxwriter", "numpy", "yaml", "psycopg", "cryptography"}


def test_importing_the_package_loads_neither_web_nor_data_libraries():
    assert loaded_by("import hegui") & (WEB | DATA | {"msgspec", "click"}) == set()


def test_asking_for_help_loads_neither_web_nor_data_libraries():
    code = (
        "from hegui.cli.main import main\n"
        "try:\n    main(['--help'], prog_name='hegui')\nexcept SystemExit:\n    pass\n"
    )
    assert loaded_by(code) & (WEB | DATA) == set()


def test_every_module_can_be_imported_on_its_own():
    names = [
        module.name
        for module in pkgutil.walk_packages(hegui.__path__, "hegui.")
        if "migrations" not in module.name and not module.name.endswith("__main__")
    ]
    run = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            f"import importlib\nfor n in {names!r}: importlib.import_module(n)",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
