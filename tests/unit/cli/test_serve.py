"""``hegui serve``: what it makes of its options; the socket is where these tests end."""

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import InvalidDocument, InvalidInput
from hegui.settings import Settings
from hegui.workspace import Workspace

PRODUCER = "001191110000MA0EXAMPLB10001"
MODEL = "http://127.0.0.1:9/v1"
DECLARED = f"producer: {PRODUCER}\nmodels: [{{name: m, upstreams: [{{url: '{MODEL}'}}]}}]\n"


@pytest.fixture
def served(tmp_path, monkeypatch):
    """Runs the command up to where it would listen, and returns what it would serve, and where."""
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()
    seen = {}

    def serve(*arguments):
        monkeypatch.setattr("hegui.cli.serve.write_log", lambda form: seen.update(log=form))
        monkeypatch.setattr(
            "hegui.cli.serve.listen",
            lambda app, *, tell, **where: (tell(where["port"] or 4711), seen.update(app=app, **where)),
        )
        runner = CliRunner(env={"HEGUI_LANG": "en"})
        result = runner.invoke(main, ["-w", str(root), "serve", *map(str, arguments)])
        if result.exception is not None:
            raise result.exception
        return seen, result.stderr

    return serve


def test_one_endpoint_and_a_producer_are_enough(served):
    seen, told = served("--endpoint", MODEL, "--producer", PRODUCER, "--explicit", "start", "--port", 8899)
    assert (seen["host"], seen["port"], seen["log"]) == ("127.0.0.1", 8899, "text")
    assert "gateway: http://127.0.0.1:8899/v1" in told


def test_it_says_which_port_it_took(served):
    _, told = served("--endpoint", MODEL, "--producer", PRODUCER, "--port", 0)
    assert "gateway: http://127.0.0.1:4711/v1" in told


def test_a_declaration_brings_its_limits(served, tmp_path):
    config = tmp_path / "gateway.yaml"
    config.write_text(DECLARED + "limits: {request_bytes: 1000}\n", encoding="utf-8")
    seen, _ = served("--config", config)
    assert seen["limits"].request_bytes == 1000


def test_beyond_loopback_clients_need_keys(served, tmp_path):
    keys = tmp_path / "keys"
    keys.write_text("tenant-a secret-one\n\nsecret-two\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="hegui gateway keys issue"):
        served("--endpoint", MODEL, "--producer", PRODUCER, "--host", "0.0.0.0")  # noqa: S104 - it is refused
    seen, _ = served(
        "--endpoint", MODEL, "--producer", PRODUCER, "--host", "192.0.2.1", "--client-keys-file", keys
    )
    assert seen["host"] == "192.0.2.1"


def paths(seen):
    return {route.path for route in seen["app"].routes}


def test_whoever_may_use_the_model_may_not_for_that_read_the_evidence(served, tmp_path):
    keys = tmp_path / "keys"
    keys.write_text("secret-one\n", encoding="utf-8")
    given = ("--endpoint", MODEL, "--producer", PRODUCER)
    seen, told = served(*given)
    assert "/api/scope" in paths(seen)
    seen, told = served(*given, "--client-keys-file", keys)
    assert "/api/scope" not in paths(seen)
    assert "/health" in paths(seen)
    assert "--operator-keys-file" in told
    seen, told = served(*given, "--client-keys-file", keys, "--operator-keys-file", keys)
    assert "/api/scope" in paths(seen)
    assert "--operator-keys-file" not in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give --config, or --endpoint and --producer"),
        (("--endpoint", MODEL), "give --config, or --endpoint and --producer"),
        (("--config", "x.yaml", "--endpoint", MODEL), "--config declares everything"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(served, arguments, said):
    with pytest.raises(InvalidInput, match=said):
        served(*arguments)


def test_a_file_without_keys_is_refused(served, tmp_path):
    keys = tmp_path / "keys"
    keys.write_text("\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="holds no key"):
        served("--endpoint", MODEL, "--producer", PRODUCER, "--client-keys-file", keys)


def test_a_declaration_with_an_unknown_field_is_refused_with_its_place(served, tmp_path):
    config = tmp_path / "gateway.yaml"
    config.write_text(DECLARED + "limit: {request_bytes: 1000}\n", encoding="utf-8")
    with pytest.raises(InvalidDocument, match=r"gateway\.yaml"):
        served("--config", config)


def test_a_gateway_that_only_measures_is_called_unsafe(served, tmp_path):
    config = tmp_path / "gateway.yaml"
    config.write_text(DECLARED + "mode: shadow\n", encoding="utf-8")
    _, told = served("--config", config)
    assert "UNSAFE (mode: shadow)" in told
