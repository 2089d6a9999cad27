"""What the gateway says in its own name."""

import pytest

from hegui.gateway import ExplicitPlacement
from hegui.gateway.saying import Saying, error_body


@pytest.mark.parametrize(
    ("placement", "labelled"),
    [
        (ExplicitPlacement.START, "[AI]text"),
        (ExplicitPlacement.END, "text [AI]"),
        (ExplicitPlacement.INTERFACE, "text"),
    ],
)
def test_the_label_stands_where_the_operator_wants_it(placement, labelled):
    saying = Saying("1", "m", "no", "stop", " [AI]", placement, {})

    assert saying.labelled("text") == labelled
    assert saying.labelled("") == ""


def test_an_error_has_openais_form():
    assert error_body("kind", "what")["error"] == {
        "message": "what",
        "type": "kind",
        "param": None,
        "code": "kind",
    }
