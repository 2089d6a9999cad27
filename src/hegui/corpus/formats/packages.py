"""Packages that only some formats need."""

import importlib
from typing import Any


class PackageMissing(Exception):
    """A file cannot be read without a package that is not installed.

    Attributes:
        name: of the package.
    """

    def __init__(self, name: str) -> None:
        """Name it."""
        super().__init__(name)
        self.name = name


def package(name: str) -> Any:  # noqa: ANN401 - they are loaded by name, so that nobody pays who needs none
    """The package, or the module of it, by this name.

    Raises:
        PackageMissing: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise PackageMissing(name) from error
