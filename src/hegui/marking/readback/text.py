"""Front matter line by line, without a YAML parser."""

import hashlib
import json

from hegui.marking.readback.proof import ReadBack, Stream, hash_rest

_FENCES = (b"---", b"...")
_BOM = b"\xef\xbb\xbf"
_HEAD_BYTES = 1 << 16


def read_back(file: Stream) -> ReadBack:
    """The labels in front matter, and the digest of every line that is neither fence nor label."""
    labels: list[dict[str, str]] = []
    coded = hashlib.sha256()
    lines = file.read(_HEAD_BYTES).removeprefix(_BOM).split(b"\n")
    fences = [index for index, line in enumerate(lines) if line.rstrip() in _FENCES]
    if fences[:1] == [0] and len(fences) > 1 and lines[0][:1] == b"-":
        matter, lines = lines[1 : fences[1]], lines[fences[1] + 1 :]
        inside = False
        for line in matter:
            inside = _begins_label(line) or (inside and line[:1] in b" \t\r")
            if _begins_label(line):
                labels.append({})
            elif inside:
                name, _, value = line.decode().strip().partition(": ")
                labels[-1][name] = value[1:-1].replace("''", "'")
            else:
                coded.update(line + b"\n")
    coded.update(b"\n".join(lines))
    hash_rest(file, coded)
    return ReadBack(
        labels=tuple(json.dumps(label, separators=(",", ":")) for label in labels), coded=coded.hexdigest()
    )


def _begins_label(line: bytes) -> bool:
    return line.partition(b":")[0].strip(b"'\" ").upper() == b"AIGC"
