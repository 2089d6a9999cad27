"""What a process is told from outside."""

from pathlib import Path

import pytest

from hegui.core import InvalidInput, Language
from hegui.settings import VARIABLES, settings_from_environment


def test_an_empty_environment_gives_the_defaults():
    settings = settings_from_environment({})

    assert settings.workspace == Path("hegui-workspace")
    assert settings.language is Language.EN
    assert settings.database_url is None
    assert settings.redis_url is None
    assert settings.actor
    assert not settings.ledger_sm3
    assert not settings.hyperscan


def test_every_variable_is_read():
    settings = settings_from_environment(
        {
            "HEGUI_WORKSPACE": "/srv/w",
            "HEGUI_DATABASE_URL": "postgresql://db/x",
            "HEGUI_REDIS_URL": "redis://h",
            "HEGUI_LANG": "zh",
            "HEGUI_ACTOR": "li.lei",
            "HEGUI_LEDGER_SM3": "1",
            "HEGUI_HYPERSCAN": "1",
        }
    )

    assert set(VARIABLES) == {
        "HEGUI_WORKSPACE",
        "HEGUI_DATABASE_URL",
        "HEGUI_REDIS_URL",
        "HEGUI_LANG",
        "HEGUI_ACTOR",
        "HEGUI_LEDGER_SM3",
        "HEGUI_HYPERSCAN",
    }
    assert settings.workspace == Path("/srv/w")
    assert settings.database_url == "postgresql://db/x"
    assert settings.redis_url == "redis://h"
    assert settings.language is Language.ZH
    assert settings.actor == "li.lei"
    assert settings.ledger_sm3
    assert settings.hyperscan


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, Language.ZH),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, Language.EN),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW.UTF-8"}, Language.ZH),
        ({"LANG": "zh_CN.UTF-8", "HEGUI_LANG": "en"}, Language.EN),
    ],
)
def test_the_language_follows_the_locale_unless_it_is_chosen(environment, language):
    assert settings_from_environment(environment).language is language


@pytest.mark.parametrize("environment", [{"HEGUI_LANG": "fr"}, {"HEGUI_LEDGER_SM3": "yes"}])
def test_a_value_that_cannot_be_is_refused_with_what_can(environment):
    with pytest.raises(InvalidInput) as refused:
        settings_from_environment(environment)

    assert next(iter(environment)) in str(refused.value)


def test_a_user_without_a_name_still_acts_under_one(monkeypatch):
    def nameless():
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", nameless)

    assert settings_from_environment({}).actor.startswith("uid-")
