"""Settings of one Hegui process. The only module that reads the environment."""

import getpass
import os
from collections.abc import Mapping
from pathlib import Path

from hegui.core import InvalidInput, Language, Record

VARIABLES = {
    "HEGUI_WORKSPACE": "the workspace directory (default: hegui-workspace)",
    "HEGUI_DATABASE_URL": "a PostgreSQL URL; without it the workspace keeps its own SQLite file",
    "HEGUI_REDIS_URL": "a Redis or Valkey URL, for limits that several gateways share",
    "HEGUI_LANG": "zh or en (default: from LC_ALL, LC_MESSAGES or LANG)",
    "HEGUI_ACTOR": "who acts, as evidence names them (default: the login name)",
    "HEGUI_LEDGER_SM3": "1 to keep a second, SM3 tree beside the SHA-256 tree",
    "HEGUI_HYPERSCAN": "1 to look for the words of the workspace's bank with hyperscan in long texts and "
    "corpus scans (needs hegui[hyperscan]; a new bank takes seconds longer to take into use)",
}
"""Every variable Hegui reads, with what it does."""


class Settings(Record):
    """What a process is told from outside."""

    workspace: Path
    actor: str
    language: Language = Language.EN
    database_url: str | None = None
    redis_url: str | None = None
    ledger_sm3: bool = False
    hyperscan: bool = False


def settings_from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that ``environment`` asks for.

    Raises:
        InvalidInput: a variable holds a value it cannot have.
    """
    return Settings(
        workspace=Path(environment.get("HEGUI_WORKSPACE") or "hegui-workspace"),
        actor=environment.get("HEGUI_ACTOR") or _login_name(),
        language=_language(environment),
        database_url=environment.get("HEGUI_DATABASE_URL") or None,
        redis_url=environment.get("HEGUI_REDIS_URL") or None,
        ledger_sm3=_switch(environment, "HEGUI_LEDGER_SM3"),
        hyperscan=_switch(environment, "HEGUI_HYPERSCAN"),
    )


def secret_from_environment(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """The secret that a declaration says to be in the variable ``name``.

    Raises:
        InvalidInput: there is none.
    """
    secret = environment.get(name, "")
    if not secret:
        raise InvalidInput(
            zh=f"环境变量 {name} 未设置或为空；请设置它，或改用 key_file",
            en=f"the environment variable {name} is not set or empty; set it, or use key_file",
        )
    return secret


def _language(environment: Mapping[str, str]) -> Language:
    chosen = environment.get("HEGUI_LANG")
    if chosen:
        try:
            return Language(chosen)
        except ValueError as error:
            raise InvalidInput(
                zh=f"HEGUI_LANG 是 {chosen!r}；只能是 zh 或 en",
                en=f"HEGUI_LANG is {chosen!r}; it can be zh or en",
            ) from error
    locale = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return Language.ZH if locale.startswith("zh") else Language.EN


def _switch(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "")
    if value not in {"", "0", "1"}:
        raise InvalidInput(
            zh=f"{name} 是 {value!r}；只能是 0 或 1", en=f"{name} is {value!r}; it can be 0 or 1"
        )
    return value == "1"


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container user without a name
        return f"uid-{os.getuid()}"
