"""Front doors that load what they open when somebody asks for it.

A process that scans a shard needs a few files of a room, and none of the packages that the others rest on.
"""

import dis
import importlib
import sys
from collections.abc import Callable
from importlib.abc import InspectLoader
from types import CodeType
from typing import cast


def front_door(room: str) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a room whose imports stand where only type checkers see them.

    Which module defines a name is read from there, so that it is said once; from the bytecode, for where a
    package is installed there may be no source.
    """
    modules: dict[str, str] = {}

    def opened(name: str) -> object:
        if not modules:
            loader = cast("InspectLoader", sys.modules[room].__loader__)
            modules.update(_modules(cast("CodeType", loader.get_code(room))))
        if name not in modules:
            raise AttributeError(f"module {room!r} has no attribute {name!r}", name=name)
        found = getattr(importlib.import_module(modules[name]), name)
        setattr(sys.modules[room], name, found)
        return found

    return opened, lambda: sorted({*vars(sys.modules[room]), *sys.modules[room].__all__})


def _modules(code: CodeType) -> dict[str, str]:
    modules: dict[str, str] = {}
    module = ""
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME":
            module = instruction.argval
        elif instruction.opname == "IMPORT_FROM":
            modules[instruction.argval] = module
    return modules
