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
    "changes.yaml": """\
- id: kept
  earlier: [OLD 1]
  later: [LAW 2]
  kind: moved
  text: {zh: 移位, en: moved}
  verification: {verified: false}

- id: new
  earlier: []
  later: [LAW 1]
  kind: added
  text: {zh: 新增, en: added}
  survives_in: [LAW 2]
  verification: {verified: false}
""",
    "penalties.yaml": """\
- id: fine
  clause: LAW 2
  breaches: [LAW 1]
  text: {zh: 罚款, en: a fine}
  sanctions:
    - {severity: base, text: {zh: 警告, en: warning}}
    - {severity: serious, text: {zh: 罚款, en: a fine}, fine: {at_least: 10, at_most: 20}}
  verification: {verified: false}
""",
    "categories.yaml": """\
- id: kind
  text: {zh: 类别, en: kind}
  clauses: [LAW 1]
  risks: [A.1.a]
  verification: {verified: false}
""",
    "frameworks.yaml": """\
- {id: ABROAD, title: {zh: 外国法, en: foreign law}, verification: {verified: false}}
""",
    "milestones.yaml": """\
- id: begins
  framework: ABROAD
  provision: "5"
  day: 2026-08-02
  text: {zh: 适用, en: applies}
  verification: {verified: false}
""",
    "crosswalks.yaml": """\
- id: matter
  text: {zh: 事项, en: matter}
  clauses: [LAW 1]
  counterparts:
    - {framework: ABROAD, provisions: ["5"]}
  verification: {verified: false}
""",
    "renumberings.yaml": """\
- earlier: OLD
  later: LAW
  articles:
    - {later: "1"}
    - {later: "2", earlier: "1"}
    - {earlier: "2", changed: true}
  verification: {verified: false}
""",
    "overlays.yaml": """\
- id: special
  clauses: [LAW 2]
  text: {zh: 特别规定优先, en: special rules prevail}
  when: open
  effect: prevails
  over: [LAW]
  by: [OLD]
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
