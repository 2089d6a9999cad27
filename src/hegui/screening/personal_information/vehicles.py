"""Licence plates and vehicle identification numbers."""

import re

from hegui.core import BilingualText
from hegui.screening.model import PersonalInformationKind
from hegui.screening.personal_information.check_digits import is_vehicle_id
from hegui.screening.personal_information.form import (
    ALONE_BEFORE,
    DIGITS,
    NUMBER_CHARACTERS,
    Literals,
    Sign,
    ValueForm,
    label,
)
from hegui.screening.shapes import Shape, chain, either, maybe, one, some

_Kind = PersonalInformationKind
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE_LETTERS = "abcdefghjklmnpqrstuvwxyz"
_PLATE_CHARACTERS = "0-9a-hj-np-z"
_PLATE_ENDS = "挂学警港澳领"
_PLATE_GAPS = " ·•.-"
# At most two letters in five places; new-energy plates have six, with a letter first or last.
_PLATE_BODY = re.compile(
    f"(?=(?:[^a-z]{{0,4}}[a-z]){{0,2}}[^a-z]{{0,5}}$)[0-9a-z]{{4}}[0-9a-z{_PLATE_ENDS}]|[a-k][0-9a-z][0-9]{{4}}|[0-9]{{5}}[a-k]"
)
_VEHICLE_ID_CHARACTERS = "0-9a-hj-npr-z"
_VEHICLE_ID = chain(some(_VEHICLE_ID_CHARACTERS, 13, 13), some("0-9", 4, 4))


def _plate(*body: Shape) -> ValueForm:
    return ValueForm(
        kind=_Kind.LICENCE_PLATE,
        trace=Literals(tuple(province + letter for province in _PROVINCES for letter in _PLATE_LETTERS)),
        # 最新, 更新 and their like end in the name of a province, and versions follow.
        before="(?<![最更全重创])",
        value=chain(one(_PROVINCES), one(_PLATE_LETTERS), maybe(one(re.escape(_PLATE_GAPS))), *body),
        holds=lambda value: _PLATE_BODY.fullmatch(value[2:].lstrip(_PLATE_GAPS)) is not None,
    )


def _has_letters(value: str) -> bool:
    return not value.isdigit()


FORMS = (
    _plate(
        either(
            chain(some(_PLATE_CHARACTERS, 4, 4), one(_PLATE_ENDS)),
            some(_PLATE_CHARACTERS, 5, 6),
        )
    ),
    # The check is kept by cars made here and in America, not by all others: with the word before it, the
    # form is enough.
    ValueForm(
        kind=_Kind.VEHICLE_ID,
        trace=Sign(DIGITS, "[0-9]{3}(?![0-9a-z_])(?<=[0-9a-z]{13})", NUMBER_CHARACTERS),
        before=ALONE_BEFORE,
        value=_VEHICLE_ID,
        holds=lambda value: _has_letters(value) and is_vehicle_id(value),
    ),
    ValueForm(
        kind=_Kind.VEHICLE_ID,
        label=label(("车架", "车辆识别代码", "车辆识别代号", "车辆识别", "vin码", "vin")),
        value=some(_VEHICLE_ID_CHARACTERS, 17, 17),
        holds=_has_letters,
    ),
)

RULES = {
    _Kind.LICENCE_PLATE: BilingualText(zh="机动车号牌", en="licence plate of a motor vehicle"),
    _Kind.VEHICLE_ID: BilingualText(
        zh="17位车辆识别代号：校验位成立，或在“车架号”“VIN”之后",
        en="vehicle identification number of 17 characters whose check holds, or which follows its name",
    ),
}
