import pytest

from hegui.admission import AlertKind, Terms
from hegui.gateway import ExchangeRecord, Noticed, Outcome
from hegui.gateway.guardians import alert_of


def a_record(outcome=Outcome.ANSWERED, *, alerts=True, duties=(), risks=()):
    noticed = tuple(Noticed(risk=risk, kind="x", detector="x") for risk in risks)
    return ExchangeRecord(
        exchange="e", surface="chat/completions", stream=False, model="m", user="u", screen="s",
        outcome=outcome, input=noticed, output=noticed, produce_id="e", characters_released=0,
        terms=Terms(alerts=alerts), duties=duties,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "duties", "kind"),
    [
        (Outcome.ANSWERED, (), None),
        (Outcome.MASKED, ("reminder",), None),
        (Outcome.REFUSED, (), AlertKind.CONTENT),
        (Outcome.STOPPED, (), AlertKind.CONTENT),
        (Outcome.HELPED, ("crisis=self_harm",), AlertKind.CRISIS),
        (Outcome.ANSWERED, ("crisis=extreme_emotion", "notice"), AlertKind.CRISIS),
        (Outcome.UPSTREAM_FAILED, (), None),
    ],
)
def test_a_guardian_is_told_of_content_that_is_blocked_and_of_crises(outcome, duties, kind):
    assert alert_of(a_record(outcome, duties=duties)) is kind
    assert alert_of(a_record(outcome, alerts=False, duties=duties)) is None


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.STOPPED])
@pytest.mark.parametrize(
    ("risks", "kind"), [(("pii",), None), (("injection",), None), (("pii", "A.1.f"), AlertKind.CONTENT)]
)
def test_a_phone_number_or_an_injection_that_is_blocked_is_no_unsuitable_content(outcome, risks, kind):
    assert alert_of(a_record(outcome, risks=risks)) is kind
