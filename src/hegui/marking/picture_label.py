"""Explicit labels on pictures: the way to the module that draws them, which needs Pillow."""

from hegui.core import Conflict
from hegui.marking.explicit import ExplicitLabel, Prominence, Shown, Treatment
from hegui.marking.splices import Buffer


class DrawingUnavailable(Conflict):
    """The library that draws is not installed."""

    def __init__(self) -> None:
        """Name the extra."""
        super().__init__(
            zh="在图片上画显式标识需要 Pillow；请运行 pip install 'hegui[media,fonts]'",
            en="drawing labels on pictures needs Pillow; run pip install 'hegui[media,fonts]'",
        )


def show_on_picture(data: Buffer, explicit: ExplicitLabel, prominence: Prominence) -> Shown:
    """The picture with the label drawn on it; see :func:`hegui.marking.drawing.drawn`.

    Raises:
        DrawingUnavailable: the extra is not installed.
        InvalidInput: the picture is damaged, too small, or of a kind that cannot be drawn on.
        NotFound: there is no font.
    """
    try:
        from hegui.marking.drawing import drawn  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise DrawingUnavailable from error
    return Shown(drawn(data[:], explicit, prominence), explicit.wording, Treatment.ENCODED)
