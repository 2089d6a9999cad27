"""A model of the transformers library, from a folder.

The library takes gigabytes and is in no lock. Where it is installed, a tiny real model is made, loaded and
judged by; elsewhere that is skipped, and a stand-in for the library shows what is asked of it.
"""

import importlib.util
import json
import pickle
import sys
import types
from contextlib import nullcontext

import pytest

from hegui.core import InvalidDocument, InvalidInput, NotFound
from hegui.screening import (
    Action,
    ClassifierJudge,
    Direction,
    LocalModel,
    Passages,
    Screen,
    TransformersMissing,
)
from hegui.settings import Settings
from hegui.workspace import Workspace

RISKS = {"insult": "A.2.i", "threat": "A.1.f"}
needs_library = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("torch", "transformers")),
    reason="transformers and torch take gigabytes and are in no lock; pip install transformers torch",
)


class Row(list):
    """One row of scores."""

    def softmax(self, _dimension):
        return [value / sum(self) for value in self]

    def sigmoid(self):
        return [value / 10 for value in self]


class Logging:
    """Whether the library draws how far it has come."""

    def __init__(self, *, shown):
        self.shown = shown
        self.is_progress_bar_enabled = lambda: self.shown

    def disable_progress_bar(self):
        self.shown = False

    def enable_progress_bar(self):
        self.shown = True


class StandIn:
    """What the library is asked for: a tokenizer of characters, and a model that counts some of them."""

    def __init__(self, problem_type=None, *, fails=False, shown=True):
        self.logging = Logging(shown=shown)
        config = types.SimpleNamespace(
            id2label={0: "fine", 1: "insult", 2: "threat"},
            num_labels=3,
            problem_type=problem_type,
            max_position_embeddings=8,
        )
        self.model_max_length = 10
        self.fails = fails
        self.config = config
        self.read = []

    def from_pretrained(self, folder, *, local_files_only):
        assert local_files_only
        assert not self.logging.shown
        if self.fails:
            raise OSError("no weights")
        return self

    def eval(self):
        return self

    def __call__(self, text=None, *, return_tensors=None, input_ids=None):
        if text is not None:
            return {"input_ids": types.SimpleNamespace(shape=(1, len(text)), text=text)}
        self.read.append(input_ids.text)
        row = Row([1.0, float(input_ids.text.count("笨")), float(input_ids.text.count("打"))])
        return types.SimpleNamespace(logits=[row])


@pytest.fixture
def install(monkeypatch):
    def install(stand_in):
        library = types.SimpleNamespace(
            AutoTokenizer=stand_in,
            AutoModelForSequenceClassification=stand_in,
            utils=types.SimpleNamespace(logging=stand_in.logging),
        )
        monkeypatch.setitem(sys.modules, "transformers", library)
        torch = types.SimpleNamespace(inference_mode=nullcontext)
        monkeypatch.setitem(sys.modules, "torch", torch)
        return stand_in

    return install


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "toxic"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


def test_each_label_that_means_a_risk_has_a_likelihood(install, folder):
    install(StandIn())
    model = LocalModel(folder, RISKS)
    told = [(target.risk, target.kind) for target in model.targets]
    assert told == [("A.2.i", "insult"), ("A.1.f", "threat")]
    assert model.likelihoods("笨笨打") == [0.5, 0.25]
    assert LocalModel(folder, {"threat": "A.1.f"}).likelihoods("笨笨打") == [0.25]


def test_labels_that_do_not_exclude_each_other_are_likely_each_by_itself(install, folder):
    install(StandIn("multi_label_classification"))
    assert LocalModel(folder, RISKS).likelihoods("笨笨打") == [0.2, 0.1]


def test_what_is_longer_than_the_model_reads_is_read_in_halves(install, folder):
    stand_in = install(StandIn("multi_label_classification"))
    assert LocalModel(folder, RISKS).likelihoods("天气很好天气笨笨笨打") == [0.3, 0.1]
    assert stand_in.read == ["天气很好天", "气笨笨笨打"]


def test_it_judges_in_a_screen_and_travels_without_its_weights(install, folder):
    install(StandIn())
    judge = ClassifierJudge(LocalModel(folder, RISKS), passages=Passages(context=0))
    screen = Screen(keywords=None, judges=[judge])
    text = "笨" * 8
    assert screen.examine("天气好。").action is Action.ALLOW
    (finding,) = screen.scan(text)
    assert (finding.detector, finding.kind, finding.score) == ("classifier:toxic", "insult", 889)
    assert screen.explain(finding, text).pattern.en == "toxic says insult"
    assert pickle.loads(pickle.dumps(screen)).digest == screen.digest  # noqa: S301 - our own bytes


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_nothing_is_drawn_while_it_is_loaded_and_whoever_wants_it_drawn_later_still_gets_it(
    install, folder, shown, fails
):
    stand_in = install(StandIn(fails=fails, shown=shown))
    with pytest.raises(InvalidInput) if fails else nullcontext():
        LocalModel(folder, RISKS)
    assert stand_in.logging.shown is shown


def test_the_digest_names_every_file_and_what_labels_mean(install, folder):
    install(StandIn())
    digests = {LocalModel(folder, RISKS).digest, LocalModel(folder, {"threat": "A.1"}).digest}
    (folder / "model.safetensors").write_bytes(b"w")
    assert len({*digests, LocalModel(folder, RISKS).digest}) == 3


def test_what_cannot_be_used_is_told(install, folder, tmp_path):
    with pytest.raises(NotFound, match="holds no model"):
        LocalModel(tmp_path, RISKS)
    install(StandIn())
    with pytest.raises(InvalidInput, match="no label toxic; it has fine, insult, threat"):
        LocalModel(folder, {"toxic": "A.2"})
    install(StandIn(fails=True))
    with pytest.raises(InvalidInput, match="cannot be loaded: no weights"):
        LocalModel(folder, RISKS)


def test_without_the_library_people_are_told_how_to_get_it(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(TransformersMissing, match="pip install transformers torch"):
        LocalModel(folder, RISKS)


@needs_library
@pytest.mark.parametrize("problem_type", ["single_label_classification", "multi_label_classification"])
def test_a_real_model_is_loaded_from_its_folder_and_judges(tmp_path, problem_type):
    import transformers  # noqa: PLC0415 - seldom installed

    characters = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"今天气很好你笨蛋。"]
    (tmp_path / "vocab.txt").write_text("\n".join(characters), encoding="utf-8")
    folder = tmp_path / "tiny"
    transformers.BertTokenizerFast(vocab_file=str(tmp_path / "vocab.txt")).save_pretrained(folder)
    small = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    labels = {"id2label": {0: "fine", 1: "insult"}, "label2id": {"fine": 0, "insult": 1}}
    config = transformers.BertConfig(
        vocab_size=len(characters), max_position_embeddings=16, problem_type=problem_type, **small, **labels
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)

    model = LocalModel(folder, {"insult": "A.2.i"})

    assert json.loads((folder / "config.json").read_text())["problem_type"] == problem_type
    (short,), (long,) = model.likelihoods("今天天气很好。"), model.likelihoods("今天天气很好。" * 20)
    assert 0 < short < 1
    assert 0 < long < 1
    assert model.likelihoods("今天天气很好。") == [short]
    assert pickle.loads(pickle.dumps(model)).likelihoods("今天天气很好。") == [short]  # noqa: S301 - our own bytes


def declared(tmp_path, model):
    path = tmp_path / "screen.yaml"
    rules = "".join(f"\n  - {{direction: {each}, risk: '*', action: block}}" for each in Direction)
    path.write_text(
        f"name: ours\nkeyword_bank: none\npersonal_information: none\n"
        f"classifiers:\n  - {{{model}}}\nrules:{rules}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def screens(tmp_path):
    with Workspace.create(Settings(workspace=tmp_path / "w", actor="test@hegui")) as workspace:
        yield workspace.screens


def test_it_is_declared_by_its_folder_from_where_the_file_is(install, folder, tmp_path, screens):
    install(StandIn("multi_label_classification"))
    declaration = screens.read(declared(tmp_path, "model: toxic, risks: {insult: A.2.i}"))
    assert declaration.classifiers[0].model == str(folder)
    adopted = screens.declare(declaration)
    screen = screens.current().screen
    (finding,) = screen.scan("笨笨笨笨笨笨笨")
    assert (finding.detector, finding.risk) == ("classifier:toxic", "A.2.i")
    assert screens.in_force() == (adopted,)


@pytest.mark.parametrize(
    ("model", "field", "told"),
    [
        ("model: nowhere, risks: {insult: A.2.i}", "model", "holds no model"),
        ("model: toxic, risks: {rude: A.2.i}", "model", "no label rude"),
        ("model: toxic, risks: {insult: A.9}", "risks.insult", "there is no 'A.9'"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_declaration_that_it_cannot_fulfil_is_refused_with_its_place(
    install, tmp_path, screens, model, field, told
):
    install(StandIn())
    with pytest.raises(InvalidDocument, match=told) as refused:
        screens.read(declared(tmp_path, model))
    assert (refused.value.field, refused.value.line) == (f"classifiers[0].{field}", 5)
