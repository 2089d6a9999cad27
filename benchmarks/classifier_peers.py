"""What fastText says. Run by ``classifier.py`` with the interpreter that has it.

Reads labelled texts and others from standard input as JSON, and writes how sure it is that each of the others
is unsafe. Characters stand for words, and its n-grams reach over three of them.
"""

import json
import sys
import tempfile
from pathlib import Path

import fasttext


def main() -> None:
    """Train and answer."""
    given = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        path.write_text(
            "".join(f"__label__{int(unsafe)} {apart(text)}\n" for text, unsafe in given["train"]),
            encoding="utf-8",
        )
        model = fasttext.train_supervised(
            str(path),
            wordNgrams=3,
            epoch=10,
            lr=0.5,
            dim=50,
            bucket=500_000,
            seed=given["seed"],
            thread=1,
            verbose=0,
        )
    json.dump([unsafe(model, text) for text in given["texts"]], sys.stdout)


def apart(text: str) -> str:
    """The characters of a text as words."""
    return " ".join("".join(text.split()))


def unsafe(model: "fasttext.FastText._FastText", text: str) -> float:
    """How sure the model is."""
    # The method of the model that makes arrays fails with numpy 2; what it wraps does not.
    told = model.f.predict(apart(text) + "\n", 2, 0.0, "strict")
    return next((float(share) for share, label in told if label == "__label__1"), 0.0)


if __name__ == "__main__":
    main()
