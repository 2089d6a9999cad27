import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import InvalidDocument, load_document
from hegui.screening import (
    DEFAULT_RULES,
    Action,
    ClassifierDeclaration,
    Cover,
    Direction,
    Failure,
    FailureMode,
    GuardDeclaration,
    Guards,
    KeywordBank,
    Level,
    NothingToLookFor,
    OnFailure,
    Passages,
    PersonalInformationKind,
    ReleaseMode,
    Rule,
    SameName,
    Screen,
    ScreenDeclaration,
    Threshold,
    UnusableDeclaration,
    declaration_yaml,
    load_format,
    packaged_formats,
    screen_schema,
)
from hegui.screening.declaration import check_declaration
from simulators.classifiers import classifier

NO_GUARDS = Guards(())
STARTER = ScreenDeclaration.starter()


def rule(direction=Direction.OUTPUT, risk="*", action=Action.BLOCK, **fields):
    return Rule(direction=direction, risk=risk, action=action, **fields)


def declared(*rules, **fields):
    return ScreenDeclaration(name="ours", rules=(*rules, *DEFAULT_RULES), **fields)


def test_the_starter_declaration_makes_the_default_screen_to_the_digest():
    bank = KeywordBank.starter()
    assert STARTER.screen(bank=bank, classifiers=(), guards=NO_GUARDS).digest == Screen(keywords=bank).digest


def test_the_starter_declaration_can_mean_what_it_says(rulebook):
    check_declaration(STARTER, rulebook)


DECLARATIONS = st.builds(
    ScreenDeclaration,
    name=st.text("甲乙 ab", min_size=1),
    keyword_bank=st.sampled_from(["in_use", "none", "sha256:" + "0" * 64]),
    personal_information=st.sampled_from(["all", "none"])
    | st.lists(st.sampled_from(PersonalInformationKind), min_size=1).map(tuple),
    classifiers=st.lists(
        st.builds(
            ClassifierDeclaration,
            model=st.text("ab", min_size=1),
            name=st.none() | st.just("c"),
            thresholds=st.lists(
                st.builds(
                    Threshold,
                    at_least=st.sampled_from([0.25, 0.9, 1.0]),
                    level=st.sampled_from(Level),
                    risk=st.sampled_from(["*", "A.2"]),
                    direction=st.none() | st.sampled_from(Direction),
                ),
                min_size=1,
            ).map(tuple),
            passages=st.builds(Passages, longest=st.integers(8, 200)),
            release=st.sampled_from(ReleaseMode),
            directions=st.lists(st.sampled_from(Direction), min_size=1).map(tuple),
        )
    ).map(tuple),
    guards=st.lists(
        st.builds(
            GuardDeclaration,
            name=st.text("ab", min_size=1),
            url=st.just("http://127.0.0.1:9/v1"),
            model=st.just("guard"),
            format=st.just("qwen3guard") | st.sampled_from(packaged_formats()).map(load_format),
            key_file=st.none() | st.just("/run/secrets/guard"),
            levels=st.dictionaries(st.just("Controversial"), st.none() | st.sampled_from(Level)),
            directions=st.none() | st.lists(st.sampled_from(Direction)).map(tuple),
            on_failure=st.builds(OnFailure, input=st.sampled_from(FailureMode)),
        ),
        max_size=2,
    ).map(tuple),
    rules=st.lists(
        st.builds(
            Rule,
            direction=st.sampled_from(Direction),
            risk=st.sampled_from(["*", "pii", "A.1.a"]),
            action=st.sampled_from(Action),
            kind=st.sampled_from(["*", "email"]),
            level=st.sampled_from(["*", "low"]),
            cover=st.sampled_from(Cover),
        ),
        min_size=1,
    ).map(tuple),
)


@given(DECLARATIONS)
def test_what_is_written_as_yaml_is_read_as_the_same_and_fits_the_schema(tmp_path_factory, rulebook, made):
    path = tmp_path_factory.mktemp("d") / "screen.yaml"
    path.write_text(declaration_yaml(made), encoding="utf-8")
    read = load_document(path, ScreenDeclaration)
    assert (read, read.digest) == (made, made.digest)
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), screen_schema(rulebook))


def test_the_schema_knows_every_risk_and_no_other(rulebook):
    schema = screen_schema(rulebook)
    jsonschema.Draft202012Validator.check_schema(schema)
    wrong = {"name": "a", "rules": [{"direction": "input", "risk": "A.9", "action": "block"}]}
    with pytest.raises(jsonschema.ValidationError, match=r"A\.9"):
        jsonschema.validate(wrong, schema)


@pytest.mark.parametrize(
    ("made", "field", "said"),
    [
        (declared(rule(risk="A.1.z")), "rules[0].risk", r"no 'A\.1\.z'.*did you mean A\.1\."),
        (
            declared(rule(risk="nonsense")),
            "rules[0].risk",
            r"no 'nonsense': A\.1 … A\.5, A\.1\.a …, M, M\.1 … $",
        ),
        (declared(rule(risk="pii", kind="mobile_fone")), "rules[0].kind", "did you mean mobile_phone"),
        (
            declared(rule(risk="pii", level="high")),
            "rules[0].level",
            "no 'high': \\*, low, personal, sensitive",
        ),
        (declared(rule(risk="A.1", level="personal")), "rules[0].level", "low, medium, high"),
        (declared(rule(risk="unscreened", level="high")), "rules[0].level", "not_asked"),
        (
            declared(rule(risk="unscreened", kind="guard")),
            "rules[0].kind",
            r"no 'guard': \*, pictures, sound, file$",
        ),
        (declared(rule(level="grave")), "rules[0].level", "low, medium, high, personal, sensitive"),
        (declared(rule(risk="pii", cover=Cover.PART)), "rules[0].cover", "goes with action: mask"),
        (declared(rule(), rule(risk="A.2")), "rules[1]", r"never decides: rules\[0\]"),
        (declared(rule(risk="A.2"), rule(risk="A.2.e")), "rules[1]", "never decides"),
        (declared(rule(risk="pii", level="low"), rule(risk="pii", level="low")), "rules[1]", "never"),
        (ScreenDeclaration(name="a", rules=(rule(),)), "rules", "no rule with direction: input"),
        (
            declared(
                classifiers=(
                    ClassifierDeclaration(model="a", thresholds=(Threshold(at_least=1, risk="A.7"),)),
                )
            ),
            "classifiers[0].thresholds[0].risk",
            r"no 'A\.7'",
        ),
        (
            declared(
                classifiers=(
                    ClassifierDeclaration(
                        model="a",
                        directions=(Direction.OUTPUT,),
                        thresholds=(Threshold(at_least=1), Threshold(at_least=1, direction=Direction.INPUT)),
                    ),
                )
            ),
            "classifiers[0].thresholds[1].direction",
            "not used for input",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place_and_a_cure(rulebook, made, field, said):
    with pytest.raises(UnusableDeclaration, match=said) as refused:
        check_declaration(made, rulebook)
    assert refused.value.field == field
    assert refused.value.text.zh


@pytest.mark.parametrize(
    "rules",
    [
        (rule(risk="A.2.e"), rule(risk="A.2")),
        (rule(level="low"), rule(risk="A.2", kind="insult", level="medium")),
        (rule(), rule(risk="unscreened", level=Failure.TIMED_OUT)),
        (rule(risk="unmapped", level="medium"), rule(risk="unscreened")),
        (rule(risk="pii", kind="email", action=Action.MASK, cover=Cover.PART),),
        (rule(Direction.INPUT), rule(risk="A.2")),
    ],
)
def test_a_rule_may_stand_behind_another_that_leaves_something_for_it(rulebook, rules):
    others = tuple(each for each in DEFAULT_RULES if each.direction is not Direction.OUTPUT)
    elsewhere = tuple(each for each in others if each.direction is not rules[0].direction)
    made = ScreenDeclaration(name="ours", rules=(*rules, *elsewhere))
    check_declaration(made, rulebook)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: a\nrules:\n  - {direction: input, risk: pii}\n", r":3: rules\[0\]: .*`action`"),
        ("name: a\nkeyword_bank: mine\n", ":2: keyword_bank: "),
        ("name: a\npersonal_information: [mail]\n", r":2: personal_information\[0\]: "),
        ("name: a\nkeywords: none\n", "did you mean keyword_bank"),
        ("name: a\nclassifiers: [{model: b, thresholds: []}]\n", r"classifiers\[0\].thresholds"),
        ("name: a\nrules: []\n", ":2: rules: "),
    ],
)
def test_a_file_that_is_no_declaration_is_refused_with_its_line(tmp_path, text, said):
    path = tmp_path / "screen.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidDocument, match=said):
        load_document(path, ScreenDeclaration)


def test_only_the_kinds_that_are_named_are_looked_for():
    made = ScreenDeclaration(
        name="a", keyword_bank="none", personal_information=(PersonalInformationKind.EMAIL,)
    )
    screen = made.screen(bank=None, classifiers=(), guards=NO_GUARDS)
    assert screen.examine("电话13812345678，邮箱a.b@example.com").masked == "电话13812345678，邮箱[电子邮箱]"
    none = ScreenDeclaration(name="a", personal_information="none")
    assert none.screen(bank=KeywordBank.starter(), classifiers=(), guards=NO_GUARDS).scan("13812345678") == ()


def test_a_classifier_judges_as_it_is_declared():
    made = ScreenDeclaration(
        name="a",
        keyword_bank="none",
        personal_information="none",
        classifiers=(
            ClassifierDeclaration(
                model="insults",
                name="strict",
                thresholds=(Threshold(at_least=0.1, level=Level.MEDIUM),),
                directions=(Direction.INPUT,),
            ),
        ),
    )
    screen = made.screen(bank=None, classifiers=[classifier()], guards=NO_GUARDS)
    assert screen.scan("坏") == ()
    (found,) = screen.scan("坏", Direction.INPUT)
    assert (found.detector, found.level) == ("strict", "medium")


def test_a_screen_that_looks_for_nothing_or_names_two_alike_is_none():
    made = ScreenDeclaration(name="a", keyword_bank="none", personal_information="none")
    with pytest.raises(NothingToLookFor):
        made.screen(bank=None, classifiers=(), guards=NO_GUARDS)
    twice = ScreenDeclaration(name="a", classifiers=(ClassifierDeclaration(model="insults"),) * 2)
    with pytest.raises(SameName):
        twice.screen(bank=None, classifiers=[classifier(), classifier()], guards=NO_GUARDS)
