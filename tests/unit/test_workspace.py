"""One directory that holds everything."""

import asyncio
import base64
import datetime as dt
import io
import json
import shutil
import subprocess
import sys
import wave
from contextlib import nullcontext

import msgspec
import numpy as np
import pytest
from PIL import Image

from hegui.admission import ANYBODY, AdmissionPolicy, Age, Caller, MinorPolicy, UserClaims
from hegui.archive import RetentionPolicy
from hegui.cases import IncidentKind
from hegui.companion import CompanionPolicy
from hegui.core import BilingualText, Conflict, InvalidInput, NotFound, Verdict
from hegui.gateway import (
    Asked,
    DeclaredModel,
    DeclaredUpstream,
    GatewayDeclaration,
    IncidentTrigger,
    Mode,
    ShadowPolicy,
    SignedMedia,
    SpeechLabel,
    UpstreamFailed,
    Wish,
    surface_at,
)
from hegui.marking import (
    FfmpegMissing,
    ImplicitLabel,
    ProvenanceStatus,
    Signing,
    WatermarkUnavailable,
)
from hegui.scope import ServiceProfile
from hegui.screening import (
    Assembly,
    GuardDeclaration,
    Keyword,
    KeywordBank,
    MatcherKind,
    Screen,
    ScreenDeclaration,
)
from hegui.settings import Settings
from hegui.store import AloneWhenLost, Replicas
from hegui.workspace import _COMPANION, _OPERATORS, _REAL_NAME, Workspace
from simulators.clock import SteppableClock
from simulators.model_endpoint import ModelEndpoint, Says, Sends

PRODUCER = "001191110000MA0EXAMPLB10001"


@pytest.fixture
def settings(tmp_path):
    return Settings(workspace=tmp_path / "w", actor="li.lei")


def record(workspace, text):
    with workspace.database.write() as connection:
        return workspace.ledger.record(connection, kind="test.noted", content={"text": text})


def notes(workspace):
    return [entry.content["text"] for entry in workspace.ledger.entries("test.noted")]


def test_a_new_workspace_is_one_directory(settings):
    with Workspace.create(settings) as workspace:
        record(workspace, "a")

        assert workspace.root == settings.workspace
        assert (settings.workspace / "workspace.json").exists()
        assert (settings.workspace / "hegui.db").exists()


def test_a_workspace_can_be_opened_again(settings):
    with Workspace.create(settings) as workspace:
        record(workspace, "a")
        first = workspace.id
    with Workspace.open(settings) as workspace:
        assert workspace.id == first
        assert notes(workspace) == ["a"]


def test_a_copy_of_a_workspace_is_a_workspace(settings, tmp_path):
    with Workspace.create(settings) as workspace:
        record(workspace, "a")
    shutil.copytree(settings.workspace, tmp_path / "copy")
    with Workspace.open(Settings(workspace=tmp_path / "copy", actor="li.lei")) as workspace:
        record(workspace, "b")

        assert notes(workspace) == ["a", "b"]


def test_two_processes_hold_a_workspace_open(settings):
    code = (
        "import sys; from pathlib import Path; from hegui.settings import Settings; "
        "from hegui.workspace import Workspace\n"
        "with Workspace.open(Settings(workspace=Path(sys.argv[1]), actor='other')) as w:\n"
        "    for number in range(20):\n"
        "        with w.database.write() as c: "
        "w.ledger.record(c, kind='test.noted', content={'text': str(number)})\n"
    )
    with Workspace.create(settings) as workspace:
        others = [subprocess.Popen([sys.executable, "-c", code, str(settings.workspace)]) for _ in range(2)]
        for number in range(20):
            record(workspace, str(number))

        assert [other.wait() for other in others] == [0, 0]
        assert len(notes(workspace)) == 60


def test_a_place_without_a_workspace_says_how_to_make_one(settings):
    with pytest.raises(NotFound) as missing:
        Workspace.open(settings)

    assert "hegui init" in str(missing.value)


def test_a_workspace_is_made_once(settings):
    Workspace.create(settings).database.close()

    with pytest.raises(Conflict):
        Workspace.create(settings)


def test_a_directory_with_other_files_is_left_alone(settings):
    settings.workspace.mkdir()
    (settings.workspace / "thesis.docx").write_text("precious")

    with pytest.raises(Conflict):
        Workspace.create(settings)

    assert [path.name for path in settings.workspace.iterdir()] == ["thesis.docx"]


def test_a_workspace_of_an_unknown_format_is_refused(settings):
    Workspace.create(settings).database.close()
    identity = settings.workspace / "workspace.json"
    identity.write_text(identity.read_text().replace('"format": 1', '"format": 9'))

    with pytest.raises(InvalidInput) as refused:
        Workspace.open(settings)

    assert "9" in str(refused.value)


def test_a_database_belongs_to_one_workspace(tmp_path, empty_database_url):
    first = Settings(workspace=tmp_path / "a", actor="x", database_url=empty_database_url)
    second = Settings(workspace=tmp_path / "b", actor="x", database_url=empty_database_url)
    Workspace.create(first).database.close()

    with pytest.raises(Conflict) as refused:
        Workspace.create(second)

    assert "another workspace" in str(refused.value)
    Workspace.open(first).database.close()


def test_evidence_names_who_acted(settings):
    with Workspace.create(settings) as workspace:
        record(workspace, "a")
        record(workspace.acting_as("han.meimei"), "b")

        assert [entry.actor for entry in workspace.ledger.entries("test.noted")] == ["li.lei", "han.meimei"]


def test_every_room_is_there(settings):
    with Workspace.create(settings) as workspace:
        for room in ("rulebook", "screen", "scope", "corpus", "evaluation", "marking", "dossier", "blobs"):
            assert getattr(workspace, room) is getattr(workspace, room)


def test_pseudonyms_stay_the_same_over_time(settings):
    with Workspace.create(settings) as workspace:
        first = workspace._secret("pseudonym.key")
    with Workspace.open(settings) as workspace:
        assert workspace._secret("pseudonym.key") == first
        assert len(first) == 32


def test_what_is_masked_gets_names_by_a_key_of_the_workspaces_own(settings, tmp_path):
    keys = []
    for root in (settings.workspace, tmp_path / "other", settings.workspace):
        where = msgspec.structs.replace(settings, workspace=root)
        with Workspace.open(where) if root.exists() else Workspace.create(where) as workspace:
            assert workspace.screen
        path = root / "keys" / "masking.key"
        assert path.stat().st_mode & 0o077 == 0
        keys.append(path.read_bytes())
    assert keys[0] == keys[2] != keys[1]
    assert len(keys[0]) == 32


def test_long_texts_are_searched_with_hyperscan_where_that_is_asked_for(settings):
    if not MatcherKind.HYPERSCAN.installed:
        pytest.skip("hyperscan has no wheel for this platform")
    words = [Keyword(text=text, risk="A.1.h", kind="test", source="test") for text in ("制造炸弹", "炸弹")]
    text = "很好的一天，" * 1_000 + "製造炸彈"
    with Workspace.create(settings) as workspace:
        workspace.screens.adopt_bank(KeywordBank(words, name="ours"))
        usually = workspace.screen.scan(text)
        assert workspace.screen.keywords.compiled.lexicon._kinds == (MatcherKind.usual(),)
    with Workspace.open(msgspec.structs.replace(settings, hyperscan=True)) as workspace:
        assert workspace.screen.scan(text) == usually != ()
        kinds = (MatcherKind.usual(), MatcherKind.HYPERSCAN)
        assert workspace.screen.keywords.compiled.lexicon._kinds == kinds


def test_the_starter_bank_is_searched_with_hyperscan_too(settings):
    if not MatcherKind.HYPERSCAN.installed:
        pytest.skip("hyperscan has no wheel for this platform")
    text = "很好的一天，" * 1_000 + KeywordBank.starter().keywords[0].text
    with Workspace.create(msgspec.structs.replace(settings, hyperscan=True)) as workspace:
        assert workspace.screen.keywords == KeywordBank.starter()
        assert workspace.screen.scan(text) == Screen(keywords=KeywordBank.starter()).scan(text) != ()
        kinds = (MatcherKind.usual(), MatcherKind.HYPERSCAN)
        assert workspace.screen.keywords.compiled.lexicon._kinds == kinds


def test_hyperscan_that_is_asked_for_and_not_installed_is_named_with_its_cure(settings, monkeypatch):
    monkeypatch.setattr(MatcherKind, "installed", property(lambda kind: kind is not MatcherKind.HYPERSCAN))
    with (
        Workspace.create(msgspec.structs.replace(settings, hyperscan=True)) as workspace,
        pytest.raises(NotFound, match="pip install hyperscan"),
    ):
        assert workspace.screen


def test_a_gateway_labels_with_the_operators_code(settings):
    upstream = DeclaredUpstream(url="http://127.0.0.1:1/v1")
    models = (DeclaredModel(name="m", upstreams=(upstream,)),)
    question = Asked(surface=surface_at("POST", "chat/completions"), body={"messages": []}, path="")
    with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
        gateway = workspace.gateway(GatewayDeclaration(producer=PRODUCER, models=models), writer=writer)

        refusal = gateway.exchange(question, ANYBODY).refusal(created=0)
        assert refusal["AIGC"]["ContentProducer"] == PRODUCER
        assert refusal["AIGC"]["ProduceID"] == refusal["id"]
        with pytest.raises(InvalidInput):
            workspace.gateway(GatewayDeclaration(producer="公司", models=models), writer=writer)


def test_a_gateway_labels_speech_so_that_it_is_heard_where_that_is_declared(settings, tmp_path, monkeypatch):
    if shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None:
        pytest.skip("ffmpeg is not installed")
    speech = io.BytesIO()
    with wave.open(speech, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.random.default_rng(1).integers(-3000, 3000, 8000, np.int16).tobytes())
    models = (DeclaredModel(name="m", upstreams=(DeclaredUpstream(url="http://127.0.0.1:9/v1"),)),)
    silent = GatewayDeclaration(producer=PRODUCER, models=models)
    heard = msgspec.structs.replace(silent, speech_label=SpeechLabel(placement="end"))
    unheard = msgspec.structs.replace(silent, speech_label=SpeechLabel(recording=str(tmp_path / "none.wav")))
    with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
        marks = {}
        for name, declared in (("silent", silent), ("heard", heard)):
            labels = workspace.gateway(declared, writer=writer)._labels
            marks[name] = workspace.marking.verify(
                labels.speech(speech.getvalue(), "A-1"), name="a", listen=True
            )
            assert (
                workspace.marking.verify(labels.file(speech.getvalue(), "A-1"), name="a", listen=True).marks
                == ()
            )
        assert marks["silent"].marks == ()
        assert [mark.text for mark in marks["heard"].marks] == ["短长 短短"]
        assert marks["heard"].implicit is Verdict.MET
        with pytest.raises(NotFound, match="no such recording"):
            workspace.gateway(unheard, writer=writer)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(FfmpegMissing):
            workspace.gateway(heard, writer=writer)
        workspace.gateway(silent, writer=writer)


def png(picture):
    data = io.BytesIO()
    picture.save(data, "png")
    return data.getvalue()


async def painted(gateway):
    """The pictures that leave a gateway, as bytes."""
    surface = surface_at("POST", "images/generations")
    asked = Asked(surface, {"model": "m", "prompt": "山"}, surface.path)
    async with gateway.running():
        answer = await gateway.answer(gateway.exchange(asked, ANYBODY))
    return [base64.b64decode(each["b64_json"]) for each in answer.body["data"]]


def test_a_gateway_watermarks_the_pictures_that_can_hold_it_where_that_is_declared(settings, monkeypatch):
    busy = png(Image.effect_noise((300, 280), 30).convert("RGB"))
    small = png(Image.new("RGB", (64, 64)))
    made = [{"b64_json": base64.b64encode(each).decode()} for each in (busy, small)]
    with (
        ModelEndpoint() as model,
        Workspace.create(settings) as workspace,
        workspace.ledger.writer() as writer,
    ):
        model.always(Sends((json.dumps({"created": 1, "data": made}).encode(),)))
        models = (DeclaredModel(name="m", upstreams=(DeclaredUpstream(url=model.url),)),)
        plain = GatewayDeclaration(producer=PRODUCER, models=models)
        declared = msgspec.structs.replace(plain, picture_watermark=True)
        with pytest.raises(NotFound, match="hegui mark key new"):
            workspace.gateway(declared, writer=writer)
        key = workspace.marking.make_key(PRODUCER)

        def left(declaration):
            files = asyncio.run(painted(workspace.gateway(declaration, writer=writer)))
            checks = [workspace.marking.verify(each, name="a", seek_watermarks=True) for each in files]
            assert all(each.implicit is Verdict.MET for each in checks)
            return [each.watermark for each in checks]

        assert [each.status.value for each in left(plain)] == ["not_found", "not_found"]
        marked, unmarked = left(declared)
        assert (marked.key, marked.text.en) == (key.id, "it is of the label in the file")
        assert unmarked.status.value == "not_found"
        labelled = list(workspace.ledger.entries("marking.labelled"))[-2:]
        assert [each.content["watermark"] for each in labelled] == [marked.identifier, None]

        monkeypatch.setitem(sys.modules, "hegui.marking.watermarking", None)
        with pytest.raises(WatermarkUnavailable, match="pip install"):
            workspace.gateway(declared, writer=writer)


def test_a_gateway_does_with_signed_pictures_what_is_declared(settings):
    with (
        ModelEndpoint() as model,
        Workspace.create(settings) as workspace,
        workspace.ledger.writer() as writer,
    ):
        models = (DeclaredModel(name="m", upstreams=(DeclaredUpstream(url=model.url),)),)

        def gateway(signed_media):
            declared = GatewayDeclaration(producer=PRODUCER, models=models, signed_media=signed_media)
            return workspace.gateway(declared, writer=writer)

        def left(signed_media):
            (file,) = asyncio.run(painted(gateway(signed_media)))
            check = workspace.marking.verify(file, name="a")
            assert check.implicit is Verdict.MET
            return check.provenance.status

        with pytest.raises(NotFound, match="certificate install"):
            gateway(SignedMedia.RENEW)
        workspace.marking.certificates.make_unsafe_test_certificate()
        signed = workspace.marking.label_data(
            png(Image.new("RGB", (64, 64))),
            name="theirs",
            label=ImplicitLabel.first(producer=PRODUCER, produce_id="theirs"),
            signing=Signing(c2pa=True),
        )
        made = [{"b64_json": base64.b64encode(signed.data).decode()}]
        model.always(Sends((json.dumps({"created": 1, "data": made}).encode(),)))

        with pytest.raises(UpstreamFailed, match="signed_media: renew"):
            asyncio.run(painted(gateway(SignedMedia.REFUSE)))
        assert left(SignedMedia.BREAK) is ProvenanceStatus.INVALID
        assert left(SignedMedia.RENEW) is ProvenanceStatus.UNTRUSTED


def test_a_gateway_asks_the_guard_models_of_the_screen_in_force(settings):
    models = (DeclaredModel(name="m", upstreams=(DeclaredUpstream(url="http://127.0.0.1:1/v1"),)),)
    body = {"model": "m", "messages": [{"role": "user", "content": "问"}]}
    surface = surface_at("POST", "chat/completions")

    async def ask(gateway):
        async with gateway.running():
            return await gateway.answer(gateway.exchange(Asked(surface, body, surface.path), ANYBODY))

    with (
        ModelEndpoint() as guard,
        Workspace.create(settings) as workspace,
        workspace.ledger.writer() as writer,
    ):
        guard.always(Says("Safety: Unsafe\nCategories: Violent"))
        declared = GuardDeclaration(name="guard", url=guard.url, model="g", format="qwen3guard")
        workspace.screens.declare(ScreenDeclaration(name="guarded", guards=(declared,)))
        gateway = workspace.gateway(GatewayDeclaration(producer=PRODUCER, models=models), writer=writer)

        assert asyncio.run(ask(gateway)).body["choices"][0]["finish_reason"] == "content_filter"
        assert guard.prompts == ["问"]


def a_gateway(workspace, writer, *, retention=None, **admission):
    models = (DeclaredModel(name="m", upstreams=(DeclaredUpstream(url="http://127.0.0.1:1/v1"),)),)
    declared = GatewayDeclaration(
        producer=PRODUCER,
        models=models,
        admission=msgspec.convert(admission, AdmissionPolicy),
        retention=retention,
    )
    return workspace.gateway(declared, writer=writer)


def test_the_keys_of_tokens_come_from_where_the_declaration_says(settings, tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("s" * 32)
    monkeypatch.setenv("SOME_KEY", "t" * 32)
    key = {"kid": "k", "tenant": "t", "algorithm": "HS256"}
    with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
        assert a_gateway(workspace, writer).reception.is_open
        for where in ({"key_file": str(tmp_path / "secret")}, {"key_variable": "SOME_KEY"}):
            assert not a_gateway(workspace, writer, tokens=[key | where]).reception.is_open
        with pytest.raises(InvalidInput, match="names neither key_file nor key_variable"):
            a_gateway(workspace, writer, tokens=[key])


@pytest.mark.parametrize(
    ("published", "due"), [(True, "due"), (False, "not_due"), (None, "unknown"), ("unjudged", "unknown")]
)
def test_whether_real_names_are_due_follows_from_the_scope(settings, published, due):
    async def letting_in(reception):
        async with await reception.let_in(
            Caller("t", UserClaims(user="u", real_name=True)), Wish("p")
        ) as visit:
            return visit.admission.terms.real_name_due

    with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
        if published != "unjudged":
            facts = {"operates_network_in_prc": True}
            if published is not None:
                facts["user_can_publish_or_message"] = published
            name = BilingualText(zh="服务", en="service")
            workspace.scope.decide(ServiceProfile(name=name, provider=name, facts=facts))
        assert asyncio.run(letting_in(a_gateway(workspace, writer).reception)) == due


def test_the_obligations_of_real_names_are_in_the_rulebook(rulebook):
    assert set(_REAL_NAME) <= {obligation.id for obligation in rulebook.obligations}


@pytest.mark.parametrize(
    ("facts", "operators"),
    [
        (None, []),
        ({"operates_network_in_prc": True}, []),
        ({"cii_operator": False, "state_organ": False}, ["other"]),
        ({"cii_operator": True, "state_organ": True}, ["critical_infrastructure", "state_organ"]),
    ],
)
def test_who_reports_incidents_within_how_long_follows_from_the_scope(settings, facts, operators):
    with Workspace.create(settings) as workspace:
        if facts is not None:
            name = BilingualText(zh="服务", en="service")
            profile = ServiceProfile(
                name=name, provider=name, facts={"operates_network_in_prc": True, **facts}
            )
            workspace.scope.decide(profile)
        opened = workspace.incidents.open(IncidentKind.NETWORK_SECURITY, title="t")
        assert list(opened.operators) == operators


def test_a_gateway_that_is_to_propose_incidents_is_told_which_risks_there_are(settings):
    def proposing(workspace, writer, risk):
        declared = GatewayDeclaration(
            producer=PRODUCER,
            models=(DeclaredModel(name="m", upstreams=(DeclaredUpstream(url="http://127.0.0.1:9/v1"),)),),
            incidents=(IncidentTrigger(name="illegal", risk=risk),),
        )
        return workspace.gateway(declared, writer=writer)

    with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
        proposing(workspace, writer, "A.1")
        with pytest.raises(NotFound, match=r"A\.9"):
            proposing(workspace, writer, "A.9")


def test_the_obligations_of_reporting_incidents_are_in_the_rulebook(rulebook):
    assert set(_OPERATORS) <= {obligation.id for obligation in rulebook.obligations}


@pytest.mark.parametrize(("when_lost", "kind"), [("refuse", Replicas), ("alone", AloneWhenLost)])
def test_a_redis_url_makes_gateways_count_together(settings, redis_url, when_lost, kind):
    shared = msgspec.structs.replace(settings, redis_url=redis_url)
    with Workspace.create(shared) as workspace, workspace.ledger.writer() as writer:
        gateway = a_gateway(workspace, writer, when_lost=when_lost)
        assert isinstance(gateway._quotas, kind)
        asyncio.run(gateway._quotas.close())


def test_a_running_gateway_erases_what_was_kept_long_enough(settings):
    clock = SteppableClock(dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC))

    async def running(gateway):
        async with gateway.running():
            pass

    with Workspace.create(settings, clock=clock) as workspace, workspace.ledger.writer() as writer:
        workspace.archive.keep("u", exchange="e", training="not_said", asked=("a",), answered="b")
        numbers = workspace.admissions.minor_numbers(MinorPolicy())
        workspace.admissions.see_minor("u", Age.FROM_SIXTEEN, numbers)
        clock.advance(days=8)
        asyncio.run(running(a_gateway(workspace, writer)))
        assert workspace.archive.holdings().exchanges == 1
        assert workspace.admissions.forget_minors(overview_days=30) == 0
        asyncio.run(running(a_gateway(workspace, writer, retention=RetentionPolicy(days=7))))
        assert workspace.archive.holdings().exchanges == 0


def test_a_pseudonym_is_the_one_that_the_gateway_gives(settings):
    with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
        reception = a_gateway(workspace, writer).reception
        assert workspace.pseudonym("u", tenant="t") == reception.pseudonym("u", "t")


def test_the_keys_of_upstreams_come_from_where_the_declaration_says(settings, tmp_path, monkeypatch):
    (tmp_path / "key").write_text("from-a-file\n")
    monkeypatch.setenv("SOME_KEY", "from-a-variable")

    def declared(**where):
        upstream = DeclaredUpstream(url="http://127.0.0.1:1/v1", **where)
        return GatewayDeclaration(producer=PRODUCER, models=(DeclaredModel(name="m", upstreams=(upstream,)),))

    with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
        for where, key in (
            ({"key_file": str(tmp_path / "key")}, "from-a-file"),
            ({"key_variable": "SOME_KEY"}, "from-a-variable"),
            ({}, None),
        ):
            gateway = workspace.gateway(declared(**where), writer=writer)
            assert gateway._upstreams._models["m"][0].address.api_key == key
        with pytest.raises(InvalidInput, match="NO_SUCH_KEY"):
            workspace.gateway(declared(key_variable="NO_SUCH_KEY"), writer=writer)


def a_declaration(**more):
    models = (DeclaredModel(name="m", upstreams=(DeclaredUpstream(url="http://127.0.0.1:1/v1"),)),)
    return GatewayDeclaration(producer=PRODUCER, models=models, **more)


def measuring(settings, declaration):
    """The digests of what acts and of what is measured."""
    with (
        Workspace.open(settings) as workspace,
        workspace.ledger.writer() as writer,
    ):
        gateway = workspace.gateway(declaration, writer=writer)
        lines = gateway.metrics.text({}).splitlines()
        shadows = [line for line in lines if line.startswith("hegui_gateway_shadow_screen{")]
        return workspace.screen.digest, gateway.metrics.screen, shadows


def test_a_candidate_in_files_is_measured_beside_the_screen_in_force(settings, tmp_path):
    Workspace.create(settings).database.close()
    bank, screen = tmp_path / "new.csv", tmp_path / "new.yaml"
    bank.write_text("text,risk,kind\n新禁词,A.2.i,insult\n", encoding="utf-8")
    screen.write_text("name: strict\n", encoding="utf-8")
    shadow = ShadowPolicy(screen=str(screen), keyword_bank=str(bank))

    in_force, acting, shadows = measuring(settings, a_declaration(shadow=shadow))

    assert acting == in_force
    assert len(shadows) == 1
    assert in_force not in shadows[0]


def test_a_gateway_in_shadow_mode_measures_the_screen_in_force_and_acts_by_none(settings):
    Workspace.create(settings).database.close()

    in_force, acting, shadows = measuring(settings, a_declaration(mode=Mode.SHADOW))

    assert acting == Assembly.idle().screen.digest != in_force
    assert in_force in shadows[0]


@pytest.mark.parametrize(
    ("emotional", "declared", "runs"),
    [(True, False, False), (True, True, True), (False, False, True), (None, False, True)],
)
def test_no_companion_service_runs_without_its_duties(settings, emotional, declared, runs):
    declaration = a_declaration(companion=CompanionPolicy() if declared else None)
    with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
        if emotional is not None:
            facts = {
                "offered_to_public_in_prc": True,
                "role": "provider",
                "simulates_person": True,
                "sustained_emotional_interaction": emotional,
            }
            name = BilingualText(zh="服务", en="service")
            workspace.scope.decide(ServiceProfile(name=name, provider=name, facts=facts))
        with nullcontext() if runs else pytest.raises(InvalidInput, match=r"companion: \{\}"):
            workspace.gateway(declaration, writer=writer)


def test_the_obligations_of_companions_are_in_the_rulebook(rulebook):
    assert set(_COMPANION) <= {obligation.id for obligation in rulebook.obligations}


def test_uses_that_are_over_are_erased_when_the_gateway_starts(settings):
    clock = SteppableClock(dt.datetime(2026, 11, 26, 8, tzinfo=dt.UTC))
    with Workspace.create(settings, clock=clock) as workspace, workspace.ledger.writer() as writer:
        gateway = workspace.gateway(a_declaration(companion=CompanionPolicy()), writer=writer)
        companion = workspace.companion(CompanionPolicy())
        before = companion.seen("5f2d")
        clock.advance(hours=1)

        async def starting():
            async with gateway.running():
                pass

        asyncio.run(starting())
        clock.advance(minutes=-45)
        assert companion.seen("5f2d").since != before.since
