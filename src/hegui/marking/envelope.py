"""Labels for answers that no file carries: JSON responses and HTTP headers.

No guide covers answers of a programming interface. This is Hegui's own convention, kept as close to
Annex E as its words allow: a field called AIGC, whose value is the object the annex shows. Whoever turns
an answer into a file must still label the file.
"""

from hegui.marking.model import ELEMENT, ImplicitLabel


def api_fields(label: ImplicitLabel) -> dict[str, dict[str, str]]:
    """What a JSON response holds beside the answer: ``{"AIGC": {…}}``.

    Basis:
        LABEL 5
        GB-45438 E
    """
    return {ELEMENT: label.fields()}


def headers(label: ImplicitLabel) -> dict[str, str]:
    """The HTTP header of a response: its name is AIGC, its value Annex E's string, all of it ASCII.

    Basis:
        LABEL 5
        GB-45438 E
    """
    return {ELEMENT: label.wrapped()}
