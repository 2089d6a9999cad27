"""A sequence-classification model of the ``transformers`` library, from a folder on this machine.

The only module that needs ``transformers`` and ``torch``, which take gigabytes and are installed by hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hegui.core import BilingualText, InvalidInput, NotFound, digest_file, digest_value
from hegui.screening.classifier import Target


class TransformersMissing(NotFound):
    """transformers or torch is not installed."""

    def __init__(self) -> None:
        """Say how to get them."""
        super().__init__(
            zh="本机模型需要 transformers 和 torch；请运行 pip install transformers torch（数 GB）",
            en="a model on this machine needs transformers and torch; run pip install transformers torch "
            "(gigabytes)",
        )


class LocalModel:
    """Scores texts by a model in a folder; :class:`hegui.screening.ClassifierJudge` takes it as classifier.

    A text longer than the model reads at once is read in halves, and the higher score of each counts: nothing
    is cut off unread. Sent to another process, it is loaded there anew.
    """

    def __init__(self, folder: Path, risks: Mapping[str, str]) -> None:
        """Load a model; nothing is fetched from anywhere, and no program in the folder is run.

        Args:
            folder: with ``config.json``, the weights and the tokenizer, as ``save_pretrained`` leaves them.
            risks: the risk (``A.2.e``) or group of risks that each label of the model means; labels that are
                left out, such as the one for harmless, are not told.

        Raises:
            TransformersMissing: transformers or torch is not installed.
            NotFound: there is no model in the folder.
            InvalidInput: the model has no such label, or cannot be loaded.
        """
        if not (folder / "config.json").is_file():
            raise NotFound(
                zh=f"{folder} 里没有模型（缺少 config.json）", en=f"{folder} holds no model (no config.json)"
            )
        labels, self._score = _loaded(folder)
        if unknown := sorted(risks.keys() - set(labels)):
            raise InvalidInput(
                zh=f"{folder} 的模型没有标签 {', '.join(unknown)}；有：{', '.join(labels)}",
                en=f"the model in {folder} has no label {', '.join(unknown)}; it has {', '.join(labels)}",
            )
        self.name = folder.name
        self.targets = tuple(
            Target(risk=risks[label], kind=label, bias=0.0) for label in labels if label in risks
        )
        self.digest = digest_value(
            {
                "files": {
                    path.name: digest_file(path) for path in sorted(folder.iterdir()) if path.is_file()
                },
                "risks": dict(risks),
            }
        )
        self._places = [place for place, label in enumerate(labels) if label in risks]
        self._made_of = (folder, dict(risks))

    def __reduce__(self) -> tuple[type["LocalModel"], tuple[Path, dict[str, str]]]:
        """Weights do not travel; whoever receives it loads the folder."""
        return LocalModel, self._made_of

    def likelihoods(self, text: str) -> list[float]:
        """For each target, how likely it is that the text shows it, from 0 to 1."""
        scores = self._scored(text)
        return [scores[place] for place in self._places]

    def reason(self, text: str, target: int) -> BilingualText:
        """The label; such a model does not say what it goes by."""
        del text
        label = self.targets[target].kind
        return BilingualText(zh=f"{self.name} 判为 {label}", en=f"{self.name} says {label}")

    def _scored(self, text: str) -> Sequence[float]:
        scores = self._score(text)
        if scores is not None:
            return scores
        middle = len(text) // 2
        return [
            max(pair) for pair in zip(self._scored(text[:middle]), self._scored(text[middle:]), strict=True)
        ]


def _loaded(folder: Path) -> tuple[list[str], Callable[[str], list[float] | None]]:
    """The labels of a model, and what scores a text for each; ``None`` for one longer than it can read."""
    try:
        # Seconds to import, and seldom there.
        import torch  # noqa: PLC0415
        import transformers  # noqa: PLC0415
    except ImportError as error:
        raise TransformersMissing from error
    try:
        with _without_progress(transformers.utils.logging):
            tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model: Any = transformers.AutoModelForSequenceClassification.from_pretrained(
                folder, local_files_only=True
            )
    except (OSError, ValueError) as error:
        raise InvalidInput(
            zh=f"无法加载 {folder} 里的模型：{error}", en=f"the model in {folder} cannot be loaded: {error}"
        ) from error
    model.eval()
    most = min(tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", 1 << 30))
    each_alone = model.config.problem_type == "multi_label_classification"

    def score(text: str) -> list[float] | None:
        given = tokenizer(text, return_tensors="pt")
        if given["input_ids"].shape[1] > most and len(text) > 1:
            return None
        with torch.inference_mode():
            logits = model(**given).logits[0]
        spread = logits.sigmoid() if each_alone else logits.softmax(-1)
        return [float(share) for share in spread]

    return [model.config.id2label[place] for place in range(model.config.num_labels)], score


@contextmanager
def _without_progress(logging: Any) -> Iterator[None]:  # noqa: ANN401 - the library is seldom there
    """Let nothing be drawn meanwhile among what a command says."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
