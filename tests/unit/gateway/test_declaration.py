"""What an operator declares."""

import pytest

from hegui.core import InvalidDocument, InvalidInput, load_document
from hegui.gateway import DeclaredModel, DeclaredUpstream, EvidenceTime, GatewayDeclaration, Unread

TEXT = """
producer: 001191110000MA0EXAMPLB10001
models:
  - name: chat
    upstreams:
      - {url: "http://10.0.0.1:8000/v1", model: qwen3, weight: 3}
      - {url: "https://models.example/v1", key_variable: EXAMPLE_KEY}
pass_through: ["files*"]
limits: {attempts: 3, silence_seconds: 20}
answers:
  placement: interface
  evidence: first
  unread_input: pass
  media_hosts: [pictures.example]
  wording:
    refusal: {zh: 不行, en: Sorry}
"""


def test_a_declaration_is_read_from_a_file(tmp_path):
    (tmp_path / "gateway.yaml").write_text(TEXT)

    declared = load_document(tmp_path / "gateway.yaml", GatewayDeclaration)

    assert [upstream.weight for upstream in declared.models[0].upstreams] == [3, 1]
    assert declared.limits.attempts == 3
    assert declared.limits.connect_seconds == 5.0
    assert declared.answers.evidence is EvidenceTime.FIRST
    assert declared.answers.unread_input is Unread.PASS
    assert declared.answers.unread_output is Unread.REFUSE
    assert declared.answers.wording.refusal.zh == "不行"


@pytest.mark.parametrize(
    "wrong",
    [
        TEXT.replace("weight: 3", "weight: 0"),
        TEXT.replace("attempts: 3", "attempts: 0"),
        TEXT.replace("silence_seconds: 20", "silence_seconds: 0"),
        TEXT.replace("silence_seconds", "silence"),
        TEXT.replace("producer", "producers"),
        "producer: x\nmodels: []",
    ],
)
def test_a_mistake_in_a_declaration_is_told_with_its_place(tmp_path, wrong):
    (tmp_path / "gateway.yaml").write_text(wrong)

    with pytest.raises(InvalidDocument, match=r"gateway\.yaml"):
        load_document(tmp_path / "gateway.yaml", GatewayDeclaration)


def test_a_model_is_declared_once():
    model = DeclaredModel(name="m", upstreams=(DeclaredUpstream(url="http://h/v1"),))

    with pytest.raises(InvalidInput, match="twice"):
        GatewayDeclaration(producer="p", models=(model, model))
