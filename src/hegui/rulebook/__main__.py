"""``python -m hegui.rulebook``: compile the data files after a change to them."""

import sys

from hegui.core import HeguiError
from hegui.rulebook.service import COMPILED, DATA, compile_book


def main() -> None:
    """Write the compiled book, or say what is wrong with the data files and exit with status 2."""
    try:
        COMPILED.write_bytes(compile_book(DATA))
    except HeguiError as error:
        sys.exit(f"{error.text.en}\n{error.text.zh}")


if __name__ == "__main__":
    main()
