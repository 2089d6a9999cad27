"""How providers say that they blocked something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.endpoint.blocks import is_content_block, normal_finish_reason
from simulators.model_endpoint import AZURE_BLOCK, DASHSCOPE_BLOCK, DEEPSEEK_BLOCK, ZHIPU_BLOCK


@pytest.mark.parametrize(
    "payload",
    [
        DASHSCOPE_BLOCK.body,
        ZHIPU_BLOCK.body,
        DEEPSEEK_BLOCK.body,
        AZURE_BLOCK.body,
        {"code": "DataInspectionFailed", "message": "Input data may contain inappropriate content."},
        {"error_message": "", "message": "<400> InternalError.Algo.DataInspectionFailed: Output data may …"},
        {"error": {"message": "Upstream request failed: [data_inspection_failed] <400> …"}},
        {"error": {"code": "OutputTextSensitiveContentDetected", "message": "…"}},
        {"error": {"code": "sensitive_words_detected", "message": "input contains sensitive words"}},
        {"base_resp": {"status_code": 1027, "status_msg": "output new_sensitive"}},
        {"detail": "Content Exists Risk"},
        {"contentFilter": [{"role": "user"}], "error": {"code": 1301}},
    ],
)
def test_a_block_is_recognised(payload):
    assert is_content_block(payload)


@pytest.mark.parametrize(
    "payload",
    [
        {"error": {"message": "model overloaded", "code": "server_error"}},
        {"error": {"message": "maximum context length is 1301 tokens", "code": "context_length_exceeded"}},
        {"error": {"message": "Invalid value for content_filter_mode", "code": "invalid_request_error"}},
        {"id": "1301"},
        [],
        "data_inspection_failed",
        None,
    ],
)
def test_another_error_is_not_a_block(payload):
    assert not is_content_block(payload)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["error", "x", "data"]), inner),
        max_leaves=10,
    )
)
def test_any_json_can_be_looked_at(payload):
    assert is_content_block(payload) in {True, False}


@pytest.mark.parametrize("reason", ["content_filter", "contentFilter", "sensitive", "SAFETY"])
def test_every_word_for_a_block_becomes_one(reason):
    assert normal_finish_reason(reason) == "content_filter"


@pytest.mark.parametrize("reason", ["stop", "length", "tool_calls", ""])
def test_other_reasons_stay(reason):
    assert normal_finish_reason(reason) == reason
