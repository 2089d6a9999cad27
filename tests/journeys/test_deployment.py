"""What ``deploy/`` tells the tools of operation to run is run, with the folders of this machine."""

import http.client
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from hegui.core import load_document
from hegui.gateway import GatewayDeclaration
from simulators.gateway_process import address_of
from simulators.model_endpoint import ModelEndpoint, Says

DEPLOY = Path(__file__).parents[2] / "deploy"
HEGUI = Path(sys.executable).parent / "hegui"
KEY = "a-key-of-a-client"
SECONDS = 60  # against waiting for ever


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def kubernetes(kind):
    documents = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))
    return next(document for document in documents if document["kind"] == kind)


def container(kind):
    (only,) = kubernetes(kind)["spec"]["template"]["spec"]["containers"]
    return only


def unit(directive):
    text = (DEPLOY / "hegui-gateway.service").read_text(encoding="utf-8")
    return shlex.split(re.search(rf"^{directive}=(.*)$", text, re.MULTILINE)[1])


def image_command():
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    return json.loads(re.search(r"^CMD (\[\"serve.*)$", text, re.MULTILINE)[1])


COMMANDS = {
    "the container": (compose()["services"]["init"]["entrypoint"], image_command),
    "Kubernetes": (container("Job")["command"], lambda: container("Deployment")["args"]),
    "systemd": (unit("ExecStartPre"), lambda: unit("ExecStart")[1:]),
}


@pytest.fixture(params=COMMANDS)
def told(request, tmp_path):
    """The command that makes the workspace, and the one that serves, with the folders of this test."""
    make, serve = COMMANDS[request.param]
    workspace, etc = tmp_path / "data" / "workspace", tmp_path / "etc"
    etc.mkdir()
    workspace.parent.mkdir()
    places = {
        "/opt/hegui/bin/hegui": str(HEGUI),
        "exec hegui": f"exec {HEGUI}",
        "/data/workspace": str(workspace),
        "$HEGUI_WORKSPACE": str(workspace),
        "/etc/hegui-keys": str(etc),
        "/etc/hegui": str(etc),
        "0.0.0.0": "127.0.0.1",  # noqa: S104 - a test does not listen to the network
    }

    def here(words):
        pattern = "|".join(map(re.escape, places))
        return [re.sub(pattern, lambda found: places[found[0]], word) for word in words]

    return here(make), here(serve()), workspace, etc


def test_every_way_of_deployment_makes_a_workspace_once_serves_and_ends_well(told):
    make, serve, workspace, etc = told
    for _ in range(2):
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    assert (workspace / "workspace.json").exists()
    with ModelEndpoint() as model:
        model.always(Says("你好！"))
        declared = (DEPLOY / "gateway.yaml").read_text(encoding="utf-8")
        (etc / "gateway.yaml").write_text(
            declared.replace("http://model:8000/v1", model.url), encoding="utf-8"
        )
        (etc / "clients.keys").write_text(f"my-tenant {KEY}\n", encoding="utf-8")
        output = etc / "output"
        with output.open("wb") as out:
            server = subprocess.Popen(
                [HEGUI, *serve, "--port", "0"],
                env=os.environ | {"HEGUI_WORKSPACE": str(workspace), "HEGUI_LANG": "en"},
                stdout=out,
                stderr=out,
            )
        try:
            port = urlsplit(address_of(server, output)).port
            wait_until_ready(port, server)
            assert ask(port, key="wrong")[0] == 401
            status, answer = ask(port, key=KEY)
            assert status == 200
            assert "你好！" in answer
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=SECONDS) in {0, -signal.SIGTERM}, output.read_text(encoding="utf-8")
        finally:
            server.kill()
            server.wait()


def wait_until_ready(port, server):
    """Ask as Kubernetes' probe does."""
    path = container("Deployment")["readinessProbe"]["httpGet"]["path"]
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            if request(port, "GET", path)[0] == 200:
                return
        except ConnectionError:
            time.sleep(0.05)
    pytest.fail("the gateway does not answer")


def ask(port, *, key):
    body = json.dumps({"model": "chat", "messages": [{"role": "user", "content": "你好"}]})
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    return request(port, "POST", "/v1/chat/completions", body, headers)


def request(port, *what):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)) as connection:
        connection.request(*what)
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_the_declaration_of_the_map_is_one(tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text(kubernetes("ConfigMap")["data"]["gateway.yaml"], encoding="utf-8")
    assert load_document(path, GatewayDeclaration).models[0].name == "chat"


def test_only_the_path_of_models_is_shown_to_the_public():
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert re.findall(r"location (\S+) \{\s+(\w+)", text) == [("/v1/", "proxy_pass"), ("/", "return")]
    assert compose()["services"]["nginx"]["ports"] == ["127.0.0.1:8787:80"]
    assert "ports" not in compose()["services"]["gateway"]


def test_the_container_copies_only_what_there_is():
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    for name in " ".join(copied).split():
        assert (DEPLOY.parent / name).exists(), name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_understands_the_unit(tmp_path):
    text = (DEPLOY / "hegui-gateway.service").read_text(encoding="utf-8")
    copy = tmp_path / "hegui-gateway.service"
    copy.write_text(text.replace("/opt/hegui/bin/hegui", str(HEGUI)), encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True, check=False
    )
    assert "hegui-gateway.service" not in verified.stderr
