"""What the name of a licence says: whether SPDX knows it, and what it plainly restricts."""

import re

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from hegui.core import BilingualText

_RESTRICTIONS = {
    "NC": BilingualText(zh="限制商业使用", en="restricts commercial use"),
    "ND": BilingualText(zh="限制演绎", en="restricts adaptations"),
}


def spdx_expression(license_name: str) -> str | None:
    """``license_name`` as an SPDX licence expression in its proper spelling; ``None`` where it is none."""
    try:
        return canonicalize_license_expression(license_name)
    except InvalidLicenseExpression:
        return None


def license_caveat(license_name: str | None) -> BilingualText | None:
    """What people should look at in a licence before they train on what it covers; ``None`` where nothing.

    Only the name is looked at: whether the text allows training is for people to judge.
    """
    if license_name is None:
        return BilingualText(
            zh="没有写明许可证；请在 rights.license 写 SPDX 标识",
            en="no licence is named; write its SPDX identifier in rights.license",
        )
    expression = spdx_expression(license_name)
    if expression is None:
        return BilingualText(
            zh=f"{license_name!r} 不是 SPDX 许可证标识；自有许可请写成 LicenseRef-名称",
            en=f"{license_name!r} is no SPDX licence identifier; write one of its own as LicenseRef-name",
        )
    parts = set(re.split(r"[^A-Za-z0-9.]+", expression))
    found = [said for mark, said in _RESTRICTIONS.items() if mark in parts]
    if not found:
        return None
    zh, en = "、".join(each.zh for each in found), " and ".join(each.en for each in found)
    return BilingualText(
        zh=f"{expression} {zh}；请由法务确认能否用于训练",
        en=f"{expression} {en}; have counsel confirm that it allows training",
    )
