import threading

import msgspec
import pytest

from hegui.core import Conflict, InvalidDocument, InvalidInput, NotFound
from hegui.screening import (
    DEFAULT_RULES,
    Action,
    Assembly,
    CanaryState,
    ClassifierDeclaration,
    Direction,
    Keyword,
    KeywordBank,
    Part,
    RecurrenceMissing,
    Rule,
    ScreenDeclaration,
    Threshold,
    UnusableDeclaration,
    UnusableModel,
    load_format,
)
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.classifiers import PARTS, model_file
from simulators.model_endpoint import ModelEndpoint, Says


def bank(*words, name="ours"):
    keywords = [Keyword(text=text, risk="A.2.i", kind="insult", source="test") for text in words]
    return KeywordBank(keywords, name=name)


def declared(**fields):
    return ScreenDeclaration(name="ours", **fields)


def actions(screen, text, direction=Direction.OUTPUT):
    return screen.examine(text, direction).action


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(Settings(workspace=tmp_path / "w", actor="test@hegui")) as opened:
        yield opened


@pytest.fixture
def screens(workspace):
    return workspace.screens


# --- banks -----------------------------------------------------------------------------------------


def test_a_workspace_begins_with_the_starter_screen(screens, workspace):
    assert screens.history() == screens.in_force() == ()
    assert screens.declaration() == ScreenDeclaration.starter()
    assert workspace.screen.keywords == KeywordBank.starter()


def test_a_bank_is_adopted_with_evidence_and_read_back_the_same(screens, workspace):
    adopted = screens.adopt_bank(bank("笨蛋"))
    assert (adopted.part, adopted.name, adopted.words) == (Part.BANK, "ours", 1)
    assert (adopted.replaces, adopted.by) == (None, "test@hegui")
    assert adopted.digest == bank("笨蛋").digest
    screen = screens.current().screen
    assert (screen.keywords, screen.keywords.name) == (bank("笨蛋"), "ours")
    assert adopted.screen == screen.digest == workspace.screen.digest
    entry = workspace.ledger.latest("screening.bank_adopted")
    assert (str(entry.ref), entry.content["screen"]) == (adopted.entry, screen.digest)


def test_each_version_stays_and_names_the_one_it_replaces(screens):
    first, second = screens.adopt_bank(bank("笨蛋")), screens.adopt_bank(bank("笨蛋", "傻瓜"))
    assert second.replaces == first.digest
    assert screens.history() == (second, first)
    assert screens.adopt_bank(bank("傻瓜", "笨蛋")) == second
    assert len(screens.history()) == 2
    assert screens.in_force() == (second,)


def test_a_choice_that_was_erased_counts_as_taken_back(screens, workspace):
    screens.adopt_bank(bank("笨蛋"))
    screens.adopt_bank(bank("傻瓜"))
    before = screens.mark()
    workspace.ledger.erase(workspace.ledger.latest("screening.bank_adopted").ref, reason="by mistake")
    assert screens.mark() != before
    assert screens.current().screen.keywords == bank("笨蛋")


def test_a_version_whose_file_is_gone_is_missed(screens, workspace):
    workspace.blobs.path(screens.adopt_bank(bank("笨蛋")).digest).unlink()
    with pytest.raises(NotFound):
        screens.current()


def test_a_version_whose_file_was_changed_is_refused(screens, workspace):
    path = workspace.blobs.path(screens.adopt_bank(bank("笨蛋")).digest)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace("笨蛋".encode(), "好人".encode()))
    with pytest.raises(Conflict, match="not what was adopted"):
        screens.current()


def test_a_bank_in_use_is_kept_ready_for_searching(screens, workspace):
    screens.adopt_bank(bank("笨蛋"))
    again = screens.current().screen.keywords
    assert again.compiled.lexicon.find("笨蛋", 0)
    assert "keywords" not in vars(again)
    assert len(list((workspace.root / "cache" / "banks").iterdir())) == 1


# --- classifiers -----------------------------------------------------------------------------------


def test_a_classifier_judges_where_the_declaration_names_it(screens):
    adopted = screens.adopt_classifier(model_file(), source="insults.clf")
    assert (adopted.part, adopted.name, adopted.words) == (Part.CLASSIFIER, "insults", None)
    assert actions(screens.current().screen, "你是笨蛋。") is Action.ALLOW
    screens.declare(declared(classifiers=(ClassifierDeclaration(model="insults"),)))
    (found,) = screens.current().screen.scan("你是笨蛋。")
    assert (found.detector, found.risk) == ("classifier:insults", "A.2")
    assert actions(screens.current().screen, "你是笨蛋。") is Action.BLOCK


def test_a_name_stands_for_the_version_in_use_and_a_digest_for_that_version(screens):
    old = screens.adopt_classifier(model_file(), source="old")
    named = declared(classifiers=(ClassifierDeclaration(model="insults"),))
    pinned = declared(classifiers=(ClassifierDeclaration(model=old.digest),))
    milder = PARTS._replace(weights=[PARTS.weights[0]._replace(presence=[0.0, 0.0, 0.0, 0.0])])
    screens.declare(named)
    new = screens.adopt_classifier(model_file(parts=milder), source="new")
    assert new.replaces == old.digest
    assert actions(screens.current().screen, "你是笨蛋。") is Action.ALLOW
    assert screens.in_force()[1] == new
    screens.declare(pinned)
    assert actions(screens.current().screen, "你是笨蛋。") is Action.BLOCK
    assert screens.in_force()[1] == old


def test_two_classifiers_are_in_use_beside_one_another(screens):
    first = screens.adopt_classifier(model_file("first"), source="first")
    second = screens.adopt_classifier(model_file("second"), source="second")
    assert second.replaces is None
    screens.declare(declared(classifiers=tuple(ClassifierDeclaration(model=n) for n in ("first", "second"))))
    assert screens.in_force()[1:] == (first, second)


def test_what_is_no_classifier_is_not_adopted(screens):
    with pytest.raises(UnusableModel, match=r"x\.clf"):
        screens.adopt_classifier(b"nothing", source="x.clf")
    assert screens.history() == ()


# --- declarations ----------------------------------------------------------------------------------


def test_a_declaration_is_adopted_once_and_told_as_evidence(screens, workspace):
    rules = (Rule(direction=Direction.OUTPUT, risk="A.2.i", action=Action.ALLOW), *DEFAULT_RULES)
    screens.adopt_bank(bank("笨蛋"))
    adopted = screens.declare(declared(rules=rules))
    assert screens.declare(declared(rules=rules)) == adopted
    assert (adopted.part, adopted.name, adopted.digest) == (
        Part.SCREEN,
        "ours",
        declared(rules=rules).digest,
    )
    entry = workspace.ledger.latest("screening.screen_adopted")
    assert entry.content == {
        "name": "ours",
        "digest": adopted.digest,
        "replaces": None,
        "screen": screens.current().screen.digest,
    }
    assert actions(screens.current().screen, "笨蛋") is Action.ALLOW
    assert actions(screens.current().screen, "笨蛋", Direction.INPUT) is Action.BLOCK


def test_a_bank_that_was_in_use_can_be_pinned_or_left_out(screens):
    old = screens.adopt_bank(bank("笨蛋"))
    screens.adopt_bank(bank("傻瓜"))
    screens.declare(declared(keyword_bank=old.digest))
    assert screens.current().screen.keywords == bank("笨蛋")
    assert old in screens.in_force()
    screens.adopt_bank(bank("坏蛋"))
    assert screens.current().screen.keywords == bank("笨蛋")
    without = screens.declare(declared(keyword_bank="none"))
    assert screens.current().screen.keywords is None
    assert screens.in_force() == (without,)


def test_what_was_never_in_use_cannot_be_declared(screens):
    screens.adopt_classifier(model_file(), source="insults.clf")
    with pytest.raises(UnusableDeclaration, match="did you mean insults") as unknown:
        screens.declare(declared(classifiers=(ClassifierDeclaration(model="insult"),)))
    assert unknown.value.field == "classifiers[0].model"
    with pytest.raises(UnusableDeclaration, match="'other' was ever in use here; run"):
        screens.declare(declared(classifiers=(ClassifierDeclaration(model="other"),)))
    with pytest.raises(UnusableDeclaration, match="bank keywords use"):
        screens.declare(declared(keyword_bank="sha256:" + "0" * 64))
    with pytest.raises(UnusableDeclaration, match=r"there is no 'A\.9'"):
        screens.declare(declared(rules=(Rule(direction="input", risk="A.9", action="block"), *DEFAULT_RULES)))
    assert [adopted.part for adopted in screens.history()] == [Part.CLASSIFIER]


def test_a_file_is_read_with_the_place_of_its_fault(screens, tmp_path):
    path = tmp_path / "screen.yaml"
    path.write_text("name: ours\nclassifiers:\n  - model: insults\n", encoding="utf-8")
    with pytest.raises(InvalidDocument, match=r"screen\.yaml:3: classifiers\[0\]\.model: no classifier"):
        screens.read(path)
    path.write_text("name: ours\npersonal_information: [email]\n", encoding="utf-8")
    declaration = screens.read(path)
    assert screens.history() == ()
    screens.declare(declaration)
    assert screens.declaration() == declaration
    assert actions(screens.current().screen, "a.b@example.com") is Action.MASK
    assert actions(screens.current().screen, "13812345678") is Action.ALLOW


def test_nothing_is_adopted_that_makes_no_screen_with_what_is_in_use(screens, workspace):
    thresholds = (Threshold(at_least=0.9),)
    classifier = screens.adopt_classifier(model_file(), source="insults.clf")
    screens.declare(declared(classifiers=(ClassifierDeclaration(model="insults", thresholds=thresholds),)))
    workspace.blobs.path(classifier.digest).unlink()
    with pytest.raises(NotFound):
        screens.adopt_bank(bank("笨蛋"))
    assert [adopted.part for adopted in screens.history()] == [Part.SCREEN, Part.CLASSIFIER]
    # Whoever declares another screen is free of it.
    screens.declare(declared())
    assert screens.adopt_bank(bank("笨蛋")).screen == screens.current().screen.digest


def test_a_declaration_of_another_version_is_told_to_be_one(screens, workspace):
    content = {"name": "theirs", "digest": workspace.blobs.put(b'{"name": "theirs", "sorcery": true}')}
    with workspace.database.write() as connection:
        workspace.ledger.record(
            connection, kind=Part.SCREEN.kind, content={**content, "replaces": None, "screen": "sha256:0"}
        )
    with pytest.raises(Conflict, match="not one that this version knows"):
        screens.current()
    screens.declare(declared())
    assert screens.current().screen.digest


# --- guard models ----------------------------------------------------------------------------------

GUARDED = """\
name: guarded
guards:
  - {name: guard, url: "URL", model: qwen3guard, format: FORMAT, key_file: guard.key, directions: [output]}
"""


@pytest.fixture
def guarded(tmp_path):
    """Writes a declaration with a guard model and its key."""
    (tmp_path / "guard.key").write_text("secret\n", encoding="utf-8")

    def write(url, form="qwen3guard"):
        path = tmp_path / "screen.yaml"
        path.write_text(GUARDED.replace("URL", url).replace("FORMAT", form), encoding="utf-8")
        return path

    return write


def test_a_guard_model_is_asked_by_whoever_can_wait(screens, workspace, guarded):
    with ModelEndpoint(api_key="secret") as model:
        screens.declare(screens.read(guarded(model.url)))
        model.then(Says("Safety: Unsafe\nCategories: Violent"), Says("Safety: Safe\nCategories: None"))
        (found,) = workspace.screen.scan("第一段。")
        assert (found.detector, found.kind, found.risk) == ("guard", "Violent", "A.1.f")
        assert workspace.screen.scan("第二段。") == ()
    assert [each.judge.name for each in workspace.guards.models] == ["guard"]
    assert actions(workspace.screen, "没有人回答。") is Action.BLOCK


def test_what_is_adopted_does_not_depend_on_the_folder_or_the_format_file(
    screens, guarded, tmp_path, monkeypatch
):
    form = msgspec.yaml.encode(load_format("qwen3guard"))
    (tmp_path / "ours.yaml").write_bytes(form.replace(b"name: qwen3guard", b"name: ours"))
    declaration = screens.read(guarded("http://127.0.0.1:9/v1", "ours.yaml"))
    adopted = screens.declare(declaration)
    (tmp_path / "ours.yaml").unlink()
    monkeypatch.chdir("/")
    (guard,) = screens.declaration().guards
    assert guard.format.name == "ours"
    assert guard.key_file == str(tmp_path / "guard.key")
    assert screens.current().screen.digest == adopted.screen


def test_a_guard_that_cannot_be_used_is_told_with_its_place(screens, guarded, tmp_path):
    with pytest.raises(InvalidDocument, match=r"screen\.yaml:3: guards\[0\]: .*do you mean qwen3guard"):
        screens.read(guarded("http://127.0.0.1:9/v1", "qwenguard"))
    path = guarded("http://127.0.0.1:9/v1")
    (tmp_path / "guard.key").unlink()
    with pytest.raises(InvalidDocument, match=r"screen\.yaml:3: guards\[0\]: no such file"):
        screens.read(path)


def test_what_a_guard_could_not_judge_passes_where_that_is_declared(screens, guarded):
    path = guarded("http://127.0.0.1:9/v1")
    path.write_text(path.read_text().replace("directions:", "on_failure: {output: allow}, directions:"))
    screen = screens.assembled(screens.read(path)).screen
    told = screen.examine("没有人回答。", known={})
    assert (told.action, [found.risk for found in told.findings]) == (Action.ALLOW, ["unscreened"])


def test_who_adopts_at_the_same_time_sees_what_the_other_adopted(tmp_path, database_url):
    settings = Settings(workspace=tmp_path / "w", actor="test@hegui", database_url=database_url)
    names = [f"bank-{number}" for number in range(4)]

    def adopt(name):
        with Workspace.open(settings) as other:
            barrier.wait()
            other.screens.adopt_bank(bank(name, name=name))

    with Workspace.create(settings) as workspace:
        barrier = threading.Barrier(len(names))
        threads = [threading.Thread(target=adopt, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        history = workspace.screens.history()
        assert sorted(adopted.name for adopted in history) == names
        assert [adopted.replaces for adopted in history] == [*(a.digest for a in history[1:]), None]
        assert workspace.screens.current().screen.keywords.name == history[0].name


# --- media -----------------------------------------------------------------------------------------

SEEING = """\
name: seeing
media:
  pictures: {name: eye, url: "http://127.0.0.1:9/v1", model: v, format: ours.yaml, key_file: eye.key}
  sound: {url: "http://127.0.0.1:9/v1", model: asr, key_file: ear.key, on_failure: {input: allow}}
"""


def test_judges_of_media_are_declared_with_the_screen_and_mean_the_same_wherever_they_are_read(
    screens, tmp_path, monkeypatch
):
    (tmp_path / "ours.yaml").write_bytes(msgspec.yaml.encode(load_format("pictures-zh")))
    for name in ("eye.key", "ear.key"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "screen.yaml").write_text(SEEING, encoding="utf-8")
    declaration = screens.read(tmp_path / "screen.yaml")
    monkeypatch.chdir("/")
    screens.declare(declaration)

    media = screens.current().media
    assert set(media.judges) == {"eye", "sound"}
    assert media.transcriber.api_key == "ear.key"
    assert media.pictures.models[0].address.api_key == "eye.key"
    assert [(rule.kind, rule.direction) for rule in media.screen.rules if rule.risk == "unscreened"] == [
        ("sound", Direction.INPUT)
    ]


def test_a_judge_of_media_that_cannot_be_used_is_told_with_its_place(screens, tmp_path):
    (tmp_path / "screen.yaml").write_text(SEEING.replace("ours.yaml", "picture-zh"), encoding="utf-8")
    with pytest.raises(InvalidDocument, match=r"screen\.yaml:3: media: "):
        screens.read(tmp_path / "screen.yaml")


# --- trying ----------------------------------------------------------------------------------------


def test_another_bank_or_declaration_is_tried_and_nothing_is_adopted(screens):
    screens.adopt_bank(bank("笨蛋"))
    before = screens.history()
    rules = (*(Rule(direction=d, risk="*", action=Action.ALLOW) for d in Direction),)

    assert actions(screens.tried(bank=bank("傻瓜")).screen, "傻瓜") is Action.BLOCK
    assert actions(screens.tried(bank=bank("傻瓜")).screen, "笨蛋") is Action.ALLOW
    assert actions(screens.tried(declared(rules=rules)).screen, "笨蛋") is Action.ALLOW
    assert screens.tried().screen.digest == screens.current().screen.digest
    assert screens.history() == before


def test_a_bank_that_the_declaration_would_not_search_is_not_tried_in_vain(screens):
    held = screens.adopt_bank(bank("笨蛋"))

    with pytest.raises(UnusableDeclaration, match="in_use"):
        screens.tried(declared(keyword_bank=held.digest), bank("傻瓜"))
    assert screens.tried(declared(keyword_bank=held.digest), bank("笨蛋")).screen.keywords == bank("笨蛋")


def test_what_is_idle_looks_for_nothing_in_any_direction():
    idle = Assembly.idle()
    for direction in Direction:
        assert idle.screen.scan("笨蛋，电话13812345678", direction) == ()
        assert idle.screen.decisions(direction) == {}
    assert idle.guards.models == ()


# --- recurrences -----------------------------------------------------------------------------------


def test_what_a_person_blocks_is_in_force_with_evidence_until_it_is_lifted(screens, workspace):
    rule = screens.block(incident="i", risk="A.1.f", words=["甲乙丙"], texts=["怎样做"])
    assert screens.recurrences() == (rule,)
    assert actions(screens.current().screen, "甲乙丙") is Action.BLOCK
    assert actions(screens.current().screen, "怎样做？", Direction.INPUT) is Action.BLOCK
    (adopted,) = screens.in_force()
    assert (adopted.part, adopted.screen) == (Part.RECURRENCE, screens.current().screen.digest)
    assert screens.block(incident="i", risk="A.1.f", words=["甲乙丙"], texts=["怎样做"]) == rule
    assert len(screens.history()) == 1

    assert screens.unblock(rule.id) == rule
    assert screens.recurrences() == screens.in_force() == ()
    assert screens.current().screen.digest == workspace.screen.digest
    assert len(list(workspace.ledger.entries("screening.recurrence_adopted"))) == 2


def test_what_a_person_blocked_stays_whatever_else_is_adopted(screens):
    screens.block(incident="i", risk="A.1.f", words=["甲乙丙"])
    screens.declare(
        declared(
            rules=tuple(Rule(direction=direction, risk="*", action=Action.ALLOW) for direction in Direction)
        )
    )
    assert actions(screens.current().screen, "甲乙丙") is Action.BLOCK


def test_what_is_blocked_at_the_same_time_is_all_blocked(screens, workspace):
    def block(number):
        with Workspace.open(workspace.settings) as own:
            own.screens.block(incident="i", risk="A.1.f", words=[f"词语{number}"])

    threads = [threading.Thread(target=block, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {word for rule in screens.recurrences() for word in rule.words} == {f"词语{n}" for n in range(4)}


def test_a_recurrence_that_is_not_there_or_of_no_risk_is_refused(screens):
    with pytest.raises(RecurrenceMissing, match="cases rules"):
        screens.unblock("nowhere")
    with pytest.raises(NotFound):
        screens.block(incident="i", risk="A.9.z", words=["甲乙"])


# --- canaries --------------------------------------------------------------------------------------


def test_a_canary_is_begun_with_evidence_and_the_screen_in_force_stays(screens, workspace):
    in_force = screens.current().screen.digest
    assert screens.last_canary() is screens.canary() is None

    begun = screens.begin_canary(bank=bank("笨蛋"), share="0.10")

    entry = workspace.ledger.latest("screening.canary_started")
    assert (begun.state, begun.share, begun.replaces) == (CanaryState.RUNNING, "0.1", in_force)
    assert (begun.entry, begun.by, begun.words) == (str(entry.ref), "test@hegui", 1)
    assert screens.current().screen.digest == in_force
    assert screens.history() == ()
    found = screens.canary()
    assert found.canary == begun
    assert found.assembly.screen.digest == begun.screen
    assert actions(found.assembly.screen, "笨蛋") is Action.BLOCK


def test_promoting_adopts_the_bank_and_the_declaration_at_once(screens, workspace):
    stricter = declared(rules=tuple(Rule(direction=d, risk="*", action=Action.BLOCK) for d in Direction))
    begun = screens.begin_canary(stricter, bank("笨蛋"), share="0.5")
    before = screens.mark()

    adopted = screens.promote_canary()

    assert screens.mark() != before
    assert [each.part for each in adopted] == [Part.BANK, Part.SCREEN]
    assert {each.screen for each in adopted} == {begun.screen} == {screens.current().screen.digest}
    assert screens.declaration() == stricter
    assert screens.last_canary().state is CanaryState.PROMOTED
    promoted = workspace.ledger.latest("screening.canary_promoted")
    assert promoted.content == {"canary": begun.entry, "screen": begun.screen}
    assert screens.canary() is None


def test_a_declaration_alone_is_tried_and_promoted(screens):
    begun = screens.begin_canary(declared(keyword_bank="none"), share="0.5")
    assert (begun.name, begun.bank, begun.words) == ("ours", None, None)
    (adopted,) = screens.promote_canary()
    assert (adopted.part, adopted.screen) == (Part.SCREEN, begun.screen)


def test_stopping_leaves_everything_as_it_was_and_says_why(screens, workspace):
    begun = screens.begin_canary(bank=bank("笨蛋"), share="0.5")

    assert screens.stop_canary(reason="too many false alarms") == begun

    last = screens.last_canary()
    assert (last.state, screens.canary(), screens.history()) == (CanaryState.STOPPED, None, ())
    stopped = workspace.ledger.latest("screening.canary_stopped")
    assert (stopped.time, stopped.content["reason"]) == (last.until, "too many false alarms")


def test_whatever_is_adopted_meanwhile_ends_a_canary_so_that_it_holds_for_everybody(screens, workspace):
    begun = screens.begin_canary(bank=bank("笨蛋"), share="0.5")
    adopted = screens.adopt_bank(bank("傻瓜"))

    last = screens.last_canary()
    assert (last.state, last.until) == (CanaryState.SUPERSEDED, max(adopted.at, begun.at))
    assert screens.canary() is None
    with pytest.raises(NotFound, match="canary start"):
        screens.promote_canary()
    workspace.ledger.erase(workspace.ledger.latest("screening.bank_adopted").ref, reason="by mistake")
    assert screens.canary().canary == begun


def test_begun_again_with_the_same_screen_only_the_share_changes(screens):
    first = screens.begin_canary(bank=bank("笨蛋"), share="0.1")
    second = screens.begin_canary(bank=bank("笨蛋"), share="0.5")

    assert (first.screen, second.share) == (second.screen, "0.5")
    with pytest.raises(Conflict, match="is being tried"):
        screens.begin_canary(bank=bank("傻瓜"), share="0.5")


def test_what_was_blocked_meanwhile_changes_neither_what_is_tried_nor_for_whom(screens):
    first = screens.begin_canary(bank=bank("笨蛋"), share="0.1")
    screens.block(incident="i", risk="A.1.f", words=["甲乙丙"])
    second = screens.begin_canary(bank=bank("笨蛋"), share="0.5")

    assert (first.screen, second.share) == (second.screen, "0.5")
    assert second.replaces == screens.current().screen.digest
    with pytest.raises(Conflict, match="is being tried"):
        screens.begin_canary(declared(keyword_bank="none"), share="0.5")


def test_the_screen_in_force_is_no_canary(screens):
    with pytest.raises(InvalidInput, match="in force"):
        screens.begin_canary(share="0.5")
    screens.adopt_bank(bank("笨蛋"))
    with pytest.raises(InvalidInput, match="in force"):
        screens.begin_canary(bank=bank("笨蛋"), share="0.5")


def test_a_canary_whose_entry_was_erased_never_was(screens, workspace):
    screens.begin_canary(bank=bank("笨蛋"), share="0.5")
    workspace.ledger.erase(workspace.ledger.latest("screening.canary_started").ref, reason="by mistake")
    assert screens.last_canary() is None


def test_a_declaration_that_cannot_mean_what_it_says_is_not_tried(screens):
    wrong = declared(rules=(Rule(direction=Direction.INPUT, risk="A.99", action=Action.BLOCK),))
    with pytest.raises(UnusableDeclaration):
        screens.begin_canary(wrong, share="0.5")


@pytest.mark.parametrize(
    ("step", "ending"),
    [
        (lambda screens: screens.begin_canary(bank=bank("笨蛋"), share="0.5"), "superseded"),
        (lambda screens: screens.promote_canary(), "gone"),
        (lambda screens: screens.stop_canary(reason="r"), "gone"),
    ],
    ids=["begin", "promote", "stop"],
)
def test_a_step_that_was_overtaken_is_decided_anew(screens, monkeypatch, step, ending):
    if ending == "gone":
        screens.begin_canary(bank=bank("笨蛋"), share="0.1")
    real, raced = screens._recorded, []

    def overtaken(mark, told):
        if not raced:
            raced.append(True)
            screens.adopt_bank(bank("傻瓜"))
        return real(mark, told)

    monkeypatch.setattr(screens, "_recorded", overtaken)

    if ending == "gone":
        with pytest.raises(NotFound):
            step(screens)
    else:
        begun = step(screens)
        assert begun.replaces == screens.current().screen.digest
        assert begun.state is CanaryState.RUNNING
