"""Addresses of devices: IP and MAC."""

import ipaddress

from hegui.core import BilingualText
from hegui.screening.model import PersonalInformationKind
from hegui.screening.personal_information.form import (
    ALONE_BEHIND,
    DIGITS,
    NUMBER_CHARACTERS,
    SLIGHT,
    Sign,
    ValueForm,
    label,
)
from hegui.screening.shapes import chain, edge, literal, maybe, one, repeat, some, unless

_Kind = PersonalInformationKind
_HEX = "0-9a-f"
# What can stand in or right around an address in hexadecimal digits.
_HEX_CHARACTERS = DIGITS + "abcdefghijklmnopqrstuvwxyz_"
_COLONS = Sign(":", f"[{_HEX}]{{0,4}}:", _HEX_CHARACTERS + ":./-")
_VERSION = label(("版本", "version", "ver", "build", "固件", "release", "v"), separators=" :=是为/", most=3)
_PART = chain(literal("."), some("0-9", 1, 3))
# A fifth part is taken along so that what has one is seen to be no address.
_IPV4 = chain(some("0-9", 1, 3), _PART, _PART, _PART, maybe(chain(literal("."), some("0-9", 1, 10))))
# Global unicast (2000::/3), unique local and link-local: nothing else is an address of a device, and with
# any beginning abc::def, the name of a thing in a program, would be one.
_IPV6 = chain(
    one("23f"),
    some(_HEX, 3, 3),
    literal(":"),
    repeat(chain(some(_HEX, 0, 4), literal(":")), 1, 6),
    some(_HEX, 0, 4),
)
# Behind an address a stroke and a length make it a network: 10.0.0.0/8.
_NO_NETWORK = unless(chain(literal("/"), some("0-9", 1, 3), edge("(?![0-9a-z/._-])")))
_NOBODYS_CARD = frozenset({"0" * 12, "f" * 12})


def _address(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address of somebody's device, if it is one."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return None
    if address.is_loopback or address.is_multicast or address.is_reserved or value.startswith("0."):
        return None
    # Four single digits are a version number.
    return None if max(map(len, value.split("."))) == 1 else address


def _is_reachable(value: str) -> bool:
    address = _address(value)
    return address is not None and address.is_global


def _is_local(value: str) -> bool:
    address = _address(value)
    return address is not None and not address.is_global


def _ip_address(form: ValueForm) -> tuple[ValueForm, ValueForm]:
    """An address that anybody can reach, and one that means something in its own network or in a book."""
    return form._replace(holds=_is_reachable), form._replace(holds=_is_local, level=SLIGHT)


def _mac_address(separator: str, size: int, trace: Sign) -> ValueForm:
    group = some(_HEX, size, size)
    between = literal(separator)
    return ValueForm(
        kind=_Kind.MAC_ADDRESS,
        trace=trace,
        before=f"(?<![0-9a-z_])(?<![0-9a-z]{between.whole})",
        value=chain(group, repeat(chain(between, group), 12 // size - 1, 12 // size - 1)),
        # A fingerprint goes on.
        behind=chain(ALONE_BEHIND, unless(chain(between, one("0-9a-z")))),
        holds=lambda value: value.replace(separator, "") not in _NOBODYS_CARD,
    )


FORMS = (
    *_ip_address(
        ValueForm(
            kind=_Kind.IP_ADDRESS,
            trace=Sign(DIGITS, r"\.[0-9]{1,3}\.[0-9]", NUMBER_CHARACTERS + "/"),
            # Behind a name and a stroke stands a version: chrome/114.0.5735.90.
            before="(?<![0-9v.])(?<![a-z]/)",
            value=_IPV4,
            behind=chain(ALONE_BEHIND, _NO_NETWORK),
            unlike=_VERSION,
        )
    ),
    *_ip_address(
        ValueForm(
            kind=_Kind.IP_ADDRESS,
            trace=_COLONS,
            before="(?<![0-9a-z_.])(?<![0-9a-f:]:)",
            value=_IPV6,
            behind=chain(edge("(?![0-9a-z_:])"), unless(chain(literal("."), one("0-9"))), _NO_NETWORK),
        )
    ),
    _mac_address(":", 2, _COLONS),
    _mac_address("-", 2, Sign("-", f"[{_HEX}]{{2}}-", _HEX_CHARACTERS + "-")),
    _mac_address(".", 4, Sign(".", rf"[{_HEX}]{{4}}\.", _HEX_CHARACTERS + ".")),
)

RULES = {
    _Kind.IP_ADDRESS: BilingualText(zh="IPv4或IPv6地址", en="IPv4 or IPv6 address"),
    _Kind.MAC_ADDRESS: BilingualText(zh="网卡的MAC地址", en="MAC address of a network card"),
}
