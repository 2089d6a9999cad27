"""Places in sound and films where labels were seen, but where no guide puts them."""

from hegui.core import BilingualText
from hegui.marking.model import Carrier, Deviation

VIDEO_GUIDE = "TC260-PG-20257A"
AUDIO_GUIDE = "TC260-PG-202510A"

_TEXTS = {
    Carrier.RIFF_ELSEWHERE: BilingualText(
        zh="位置不对：WAV 的标识应是名为 AIGC 的数据块，AVI 的标识应在 LIST/INFO 中",
        en="in the wrong place: in WAV a label is a chunk called AIGC, in AVI it is in LIST/INFO",
    ),
    Carrier.MP4_ELSEWHERE: BilingualText(
        zh="位置不对：应在 moov.udta.meta 中", en="in the wrong place: it should be in moov.udta.meta"
    ),
    Carrier.MP4_ITEM: BilingualText(
        zh="条目没有 AIGC 键：应在 moov.udta.meta 的 keys 中写键，在 ilst 中写值",
        en="the item has no key AIGC: in moov.udta.meta, the key is due in keys and the value in ilst",
    ),
}


def misplacement(carrier: Carrier) -> tuple[Deviation, ...]:
    """What is wrong with a label that stands there: nothing, or its place.

    Basis:
        GB-45438 6.1
    """
    text = _TEXTS.get(carrier)
    if text is None:
        return ()
    guide = AUDIO_GUIDE if carrier is Carrier.RIFF_ELSEWHERE else VIDEO_GUIDE
    return (Deviation(instrument=guide, clause="", binding=False, text=text),)
