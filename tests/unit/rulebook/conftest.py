"""A small folder of data files that fit together, for tests to break."""

from collections.abc import Callable
from pathlib import Path

import pytest

FILES = {
    "sources.yaml": """\
- {code: TXT, title: the text itself, primary: true}
""",
    "instruments/law.yaml": """\
id: LAW
title: {zh: 法, en: Law}
short: {zh: 法, en: Law}
issuer: {zh: 机关, en: Authority}
kind: law
status: in_force
period: {since: 2024-01-01}
supersedes: [OLD]
verification: {verified: true, by: somebody, date: 2026-01-01, source: TXT}

clauses:
  - id: "1"
    number: 第一条
    heading: {zh: 一, en: one}
    text: {zh: 应当甲, en: do a}
    verification: {verified: true, by: somebody, date: 2026-01-01, source: TXT}

  - id: "2"
    number: 第二条
    heading: {zh: 二, en: two}
    text: {zh: 应当乙, en: do b}
    same_as: [OLD 1]
    verification: {verified: false}
""",
    "instruments/old.yaml": """\
id: OLD
title: {zh: 旧法, en: Old law}
short: {zh: 旧法, en: Old law}
issuer: {zh: 机关, en: Authority}
kind: law
status: superseded
period: {since: 2020-01-01, until: 2024-01-01}
verification: {verified: false}

clauses:
  - id: "1"
    number: 第一条
    heading: {zh: 一, en: one}
    text: {zh: 应当乙, en: do b}
    verification: {verified: false}
""",
    "facts.yaml": """\
- name: open
  type: bool
  label: {zh: 开放, en: open}
  question: {zh: 开放吗？, en: Is it open?}

- name: users
  type: integer
  unit: persons
  label: {zh: 用户数, en: users}
  question: {zh: 多少用户？, en: How many users?}

- name: role
  type: choice
  label: {zh: 角色, en: role}
  question: {zh: 什么角色？, en: Which role?}
  choices:
    - {value: provider, text: {zh: 提供者, en: provider}}
    - {value: supporter, text: {zh: 支持者, en: supporter}}

- name: media
  type: choices
  label: {zh: 类型, en: media}
  question: {zh: 哪些类型？, en: Which media?}
  choices:
    - {value: text, text: {zh: 文本, en: text}}
    - {value: image, text: {zh: 图片, en: images}}
""",
    "terms.yaml": """\
- id: large
  text: {zh: 大型服务, en: a large service}
  clauses: [LAW 1]
  means: open and users >= 1000
""",
    "obligations/all.yaml": """\
- id: a
  clauses: [LAW 1]
  text: {zh: 做甲, en: do a}
  bound: [provider]
  when: large
  period: {since: 2024-01-01}
  parameters: [limit]

- id: b
  clauses: [OLD 1]
  text: {zh: 做乙, en: do b}
  bound: [provider]
  when: open
  period: {since: 2020-01-01, until: 2024-01-01}

- id: b
  clauses: [LAW 2]
  text: {zh: 做乙, en: do b}
  bound: [provider]
  when: open
  unless: [a]
  period: {since: 2024-01-01}
""",
    "parameters.yaml": """\
- id: limit
  instrument: LAW
  clause: "1"
  text: {zh: 限值, en: limit}
  value: "0.05"
  unit: share
  comparison: ">"
  modal: shall
  period: {since: 2024-01-01}
  verification: {verified: false}
""",
    "risk_groups.yaml": """\
- {id: A.1, text: {zh: 类, en: group}, verification: {verified: false}}
""",
    "risks.yaml": """\
- {id: A.1.a, group: A.1, text: {zh: 险, en: risk}, verification: {verified: false}}
""",
    "aspects.yaml": """\
- {id: history, clause: LAW 1, text: {zh: 历史, en: history}, verification: {verified: false}}
""",
}


@pytest.fixture
def small_book(tmp_path: Path) -> Callable[..., Path]:
    """Writes the folder, with one text in one file put in place of another."""

    def write(file: str = "", old: str = "", new: str = "") -> Path:
        folder = tmp_path / "data"
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            broken = text.replace(old, new, 1) if name == file else text
            assert name != file or broken != text, f"{old!r} does not stand in {name}"
            path.write_text(broken, encoding="utf-8")
        return folder

    return write
