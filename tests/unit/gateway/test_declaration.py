"""What an operator declares."""

import re

import pytest

from hegui.core import InvalidDocument, InvalidInput, load_document
from hegui.gateway import (
    DeclaredModel,
    DeclaredUpstream,
    EvidenceTime,
    GatewayDeclaration,
    Mode,
    ShadowPolicy,
    SpeechLabel,
    Unread,
)

TEXT = """
producer: 001191110000MA0EXAMPLB10001
models:
  - name: chat
    upstreams:
      - {url: "http://10.0.0.1:8000/v1", model: qwen3, weight: 3}
      - {url: "https://models.example/v1", key_variable: EXAMPLE_KEY}
pass_through: ["files*"]
limits: {attempts: 3, silence_seconds: 20}
speech_label: {placement: end, recording: notice.wav}
picture_watermark: true
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
    assert declared.picture_watermark
    assert declared.speech_label == SpeechLabel(placement="end", recording="notice.wav")


@pytest.mark.parametrize(
    "wrong",
    [
        TEXT.replace("weight: 3", "weight: 0"),
        TEXT.replace("attempts: 3", "attempts: 0"),
        TEXT.replace("silence_seconds: 20", "silence_seconds: 0"),
        TEXT.replace("silence_seconds", "silence"),
        TEXT.replace("placement: end", "placement: corner"),
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


def test_a_trusted_proxy_is_an_address_or_a_network():
    model = DeclaredModel(name="m", upstreams=(DeclaredUpstream(url="http://127.0.0.1:1/v1"),))
    for proxy in ("10.0.0.0/8", "127.0.0.1", "fd00::/8"):
        assert GatewayDeclaration(producer="p", models=(model,), trusted_proxies=(proxy,)).trusted_proxies
    for proxy in ("nginx", "10.0.0.1/8", "*"):
        with pytest.raises(InvalidInput, match=re.escape(repr(proxy))):
            GatewayDeclaration(producer="p", models=(model,), trusted_proxies=(proxy,))


def test_a_shadow_measures_something_else_unless_the_whole_gateway_only_measures():
    with pytest.raises(InvalidInput, match="mode: shadow"):
        GatewayDeclaration(producer="p", shadow=ShadowPolicy())
    for shadow in (ShadowPolicy(screen="s.yaml"), ShadowPolicy(keyword_bank="b.csv")):
        assert GatewayDeclaration(producer="p", shadow=shadow).shadow is shadow
    assert GatewayDeclaration(producer="p", mode=Mode.SHADOW, shadow=ShadowPolicy(share=0.5)).shadow


def test_two_triggers_of_incidents_of_one_name_are_refused(tmp_path):
    trigger = "{name: illegal, risk: A.1, level: high}"
    (tmp_path / "gateway.yaml").write_text(f"{TEXT}incidents: [{trigger}]\n")
    declared = load_document(tmp_path / "gateway.yaml", GatewayDeclaration)
    assert [each.risk for each in declared.incidents] == ["A.1"]
    (tmp_path / "gateway.yaml").write_text(f"{TEXT}incidents: [{trigger}, {trigger}]\n")
    with pytest.raises(InvalidInput, match="another name"):
        load_document(tmp_path / "gateway.yaml", GatewayDeclaration)
