"""Names of hosts, in the one spelling in which they are asked for."""


def ascii_host(host: str) -> str:
    """A host in ASCII: ``例子.cn`` is ``xn--fsqu00a.cn``.

    Names are mapped as browsers map them, by UTS 46 without its transitional part: what IDNA 2008 tells
    apart, such as ``ß`` and ``ss``, are different hosts.

    Raises:
        UnicodeError: no host may have such characters.
    """
    if host.isascii():
        return host
    from idna import uts46_remap  # noqa: PLC0415 - loads tables, and most hosts are in ASCII

    labels = uts46_remap(host, std3_rules=False).split(".")
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}" for label in labels
    )
