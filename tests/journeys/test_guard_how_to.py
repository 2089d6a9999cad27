"""The how-to page about guard models, run as it is written, with a simulated model at its address."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from hegui.screening import DEFAULT_RULES, Direction, ScreenDeclaration, load_format
from simulators.model_endpoint import ModelEndpoint, Says
from simulators.samples import make_png

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "ask-a-guard-model.md").read_text(encoding="utf-8")
DECLARED, RULES, OPEN, FORMAT, LOCAL, MEDIA = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.slow
def test_the_commands_of_the_page_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "poster.png").write_bytes(make_png())
    environment = os.environ | {
        "HEGUI_LANG": "en",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    told = []
    with ModelEndpoint(model="Qwen/Qwen3Guard-Gen-0.6B") as model:
        model.always(Says("Safety: Safe\nCategories: None"))
        (tmp_path / "screen.yaml").write_text(DECLARED.replace("http://127.0.0.1:8001/v1", model.url))
        for line in "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)).splitlines():
            run = subprocess.run(
                shlex.split(line), capture_output=True, text=True, check=False, env=environment
            )
            assert run.returncode == 0, line + run.stderr
            told.append(run.stdout)
        assert model.prompts == ["今天天气很好。"]
    assert told[3] == "Action: allow\n今天天气很好。\n"
    assert told[4].startswith("picture: pictures unscreened: it was not asked, block\n")


def test_every_declaration_of_the_page_can_be_read(tmp_path):
    ours = msgspec.yaml.decode(RULES)["rules"]
    rules = [*ours, *msgspec.to_builtins(DEFAULT_RULES)]
    for declared in (DECLARED, OPEN, LOCAL, MEDIA):
        whole = {"name": "page", **msgspec.yaml.decode(declared), "rules": rules}
        assert msgspec.convert(whole, ScreenDeclaration).rules[0].kind == "Jailbreak"


def test_the_format_of_the_page_reads_answers(tmp_path):
    (tmp_path / "few.yaml").write_text(FORMAT, encoding="utf-8")
    form = load_format("few.yaml", folder=tmp_path)
    assert set(form.messages) == set(Direction)
    assert form.read("无害", form.verdicts) == ()
    assert [each.risk for each in form.read("有害，类别：暴力、广告", form.verdicts)] == ["A.1.f", "unmapped"]
