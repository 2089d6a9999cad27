"""Labelled texts made up by a fixed rule: enough to train a classifier on in a second."""

import csv
import io
import json

_FRIENDLY = (
    "今天天气很好",
    "这家店的菜很香",
    "谢谢你的帮助",
    "我们周末去爬山",
    "这本书写得不错",
    "他昨天生病了",
)
_HARMFUL = ("你真是个笨蛋", "蠢货快滚开", "这种废物没有用", "骗子都该挨打", "你们全是垃圾", "真是个白痴")
_AROUND = ("", "说真的，", "我觉得", "昨天在路上听到", "有人说", "总之", "老师告诉我", "看完之后想说")
_BEHIND = ("。", "！", "，就这样。", "，大家怎么看？", "，唉。", "，哈哈。")


def sentences(kind: tuple[str, ...]) -> list[str]:
    """Every combination."""
    return [around + core + behind for around in _AROUND for core in kind for behind in _BEHIND]


def rows() -> list[dict[str, str]]:
    """Texts with the columns ``text``, ``label`` and ``topic``; one unsafe label in twenty-five is wrong."""
    made = []
    for label, kind in (("0", _FRIENDLY), ("1", _HARMFUL)):
        for number, text in enumerate(sentences(kind)):
            wrong = number % 25 == 24
            made.append(
                {
                    "text": text,
                    "label": str(1 - int(label)) if wrong else label,
                    "topic": ("shop", "road")[number % 2],
                }
            )
    return made


def as_csv(table: list[dict[str, str]]) -> str:
    """The rows as a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(table[0]))
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue()


def as_jsonl(table: list[dict[str, str]]) -> str:
    """The rows as a JSONL file."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table)
