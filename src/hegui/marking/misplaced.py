"""Places where labels were seen, or are put by convention, but where no guide puts them."""

from hegui.core import BilingualText
from hegui.marking.model import Carrier, Deviation

STANDARD = "GB-45438"
VIDEO_GUIDE = "TC260-PG-20257A"
AUDIO_GUIDE = "TC260-PG-202510A"
TEXT_GUIDE = "TC260-PG-20258A"

HTML_CONVENTION = BilingualText(
    zh='没有找到规定 HTML 标识位置的指南；<meta name="AIGC"> 是 Hegui 自己的约定',
    en='no guide was found that says where a label stands in HTML; <meta name="AIGC"> is Hegui\'s own '
    "convention",
)
JSON_CONVENTION = BilingualText(
    zh="没有找到规定 JSON 标识位置的指南；最外层的 AIGC 字段是 Hegui 自己的约定",
    en="no guide was found that says where a label stands in JSON; the outermost field AIGC is Hegui's own "
    "convention",
)

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
    Carrier.PDF_ELSEWHERE: BilingualText(
        zh="位置不对：PDF 的标识应是信息字典的 AIGC 项",
        en="in the wrong place: in PDF a label is the entry AIGC of the information dictionary",
    ),
    Carrier.HTML_META: HTML_CONVENTION,
    Carrier.JSON_FIELD: JSON_CONVENTION,
}
_GUIDES = {
    Carrier.RIFF_ELSEWHERE: AUDIO_GUIDE,
    Carrier.PDF_ELSEWHERE: TEXT_GUIDE,
    Carrier.HTML_META: STANDARD,
    Carrier.JSON_FIELD: STANDARD,
}


def misplacement(carrier: Carrier) -> tuple[Deviation, ...]:
    """What is wrong with a label that stands there: nothing, or its place.

    Basis:
        GB-45438 6.1
    """
    text = _TEXTS.get(carrier)
    if text is None:
        return ()
    return (Deviation(instrument=_GUIDES.get(carrier, VIDEO_GUIDE), clause="", binding=False, text=text),)
