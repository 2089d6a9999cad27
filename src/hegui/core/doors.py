"""Front doors that load what they open when somebody asks for it.

A process that scans a shard needs a few files of a room, and none of the packages that the others rest on.
"""

import ast
import importlib
import sys
from collections.abc import Callable
from importlib.resources import files


def front_door(room: str) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a room whose imports stand where only type checkers see them.

    Which module defines a name is read from there, so that it is said once.
    """
    modules: dict[str, str] = {}

    def opened(name: str) -> object:
        if not modules:
            modules.update(_modules(files(room).joinpath("__init__.py").read_text("utf-8")))
        if name not in modules:
            raise AttributeError(f"module {room!r} has no attribute {name!r}", name=name)
        found = getattr(importlib.import_module(modules[name]), name)
        setattr(sys.modules[room], name, found)
        return found

    return opened, lambda: sorted({*vars(sys.modules[room]), *sys.modules[room].__all__})


def _modules(source: str) -> dict[str, str]:
    imports = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom))
    return {alias.name: node.module for node in imports if node.module for alias in node.names}
