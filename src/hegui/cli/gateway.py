"""``hegui gateway``: who may use the gateway, and what it keeps of them."""

import datetime as dt
from pathlib import Path

import click

from hegui.admission import ClientKey, GuardianAlert
from hegui.cli.day import ChinaDay
from hegui.cli.gateway_replay import replay
from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import counted, load_document
from hegui.gateway import GatewayDeclaration

_reason = click.option(
    "--reason", required=True, help=phrase(zh="理由，记入证据。", en="Why; recorded as evidence.")
)


@click.group(
    help=phrase(
        zh="谁可以使用网关，它留存什么：客户端密钥、用户假名、留存的对话及其重放。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway keys issue my-app\n"
        "  hegui -w my-service gateway keys list\n"
        "  hegui -w my-service gateway pseudonym li.lei --tenant my-app",
        en="Who may use the gateway and what it keeps: keys of clients, pseudonyms, conversations and what "
        "another screen would do about them."
        "\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway keys issue my-app\n"
        "  hegui -w my-service gateway keys list\n"
        "  hegui -w my-service gateway pseudonym li.lei --tenant my-app",
    )
)
def gateway() -> None:
    """Nothing is opened before a command runs."""


gateway.add_command(replay)


@gateway.command(
    help=phrase(
        zh="台账和处置记录怎样称呼一个用户。假名由本工作区的密钥算出，标识本身不留存。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway pseudonym li.lei --tenant my-app",
        en="What evidence and the ladder call a user. The pseudonym is computed with a key of this "
        "workspace; the identifier itself is kept nowhere.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway pseudonym li.lei --tenant my-app",
    )
)
@click.argument("user")
@click.option("--tenant", help=phrase(zh="用户所属的租户。", en="The tenant whose user it is."))
@pass_terminal
def pseudonym(terminal: Terminal, user: str, tenant: str | None) -> None:
    """Tell a pseudonym."""
    name = terminal.workspace.pseudonym(user, tenant=tenant)
    terminal.result({"pseudonym": name}, lambda: name)


@gateway.command(
    help=phrase(
        zh="留存了多少对话；给出 --config 时，随即删除超过其中留存期限的。"
        "网关运行时每小时自行删除。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway retention --config gateway.yaml",
        en="How many conversations are kept; with --config, those kept longer than it declares are "
        "erased now. A running gateway does so every hour by itself.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway retention --config gateway.yaml",
    )
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help=phrase(
        zh="网关的声明文件，其中 retention 一节是留存期限。",
        en="The gateway's declaration, which says under retention for how long.",
    ),
)
@pass_terminal
def retention(terminal: Terminal, config: Path | None) -> None:
    """Tell what is kept, and erase what was kept long enough."""
    archive = terminal.workspace.archive
    policy = None if config is None else load_document(config, GatewayDeclaration).retention
    erased = 0 if policy is None else archive.sweep(policy)
    held = archive.holdings()
    terminal.result(
        {"erased": erased, **held._asdict()},
        lambda: phrase(
            zh=f"删除 {erased} 次对话；现存 {held.users} 名用户的 {held.exchanges} 次，"
            f"最早 {held.oldest or '—'}",
            en=f"{erased} erased; {held.exchanges} kept of {counted(held.users, 'user')}, the oldest of "
            f"{held.oldest or '—'}",
        ),
    )


@gateway.command(
    help=phrase(
        zh="读出一个用户的留存对话。查阅会连同理由记入证据。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway kept 5f2d… --reason 用户查阅",
        en="What is kept of a user. That it was read is recorded, with the reason.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway kept 5f2d… --reason 'asked for by the user'",
    )
)
@click.argument("user")
@_reason
@pass_terminal
def kept(terminal: Terminal, user: str, reason: str) -> None:
    """Read what is kept."""
    found = terminal.workspace.archive.read(user, reason=reason)
    terminal.result(
        found,
        lambda: "\n".join(
            f"{each.at:%Y-%m-%d %H:%M:%S} UTC  {each.exchange}\n> "
            + "\n> ".join(each.asked)
            + f"\n< {phrase(zh='（已撤下）', en='(withdrawn)') if each.is_withdrawn else each.answered}"
            for each in found
        ),
    )


@gateway.command(
    help=phrase(
        zh="删除一个用户的留存对话：销毁其密钥，密文随之删除。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway erase 5f2d… --reason 用户注销",
        en="Erase what is kept of a user: the key, and with it everything it sealed.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway erase 5f2d… --reason 'account closed'",
    )
)
@click.argument("user")
@_reason
@pass_terminal
def erase(terminal: Terminal, user: str, reason: str) -> None:
    """Erase a user's conversations."""
    gone = terminal.workspace.archive.erase(user, reason=reason)
    terminal.result(
        {"erased": gone},
        lambda: phrase(
            zh=f"已删除 {gone} 次对话；删除前的备份里仍有，请按备份期限一并清除。",
            en=f"{gone} erased; backups made before still hold them until they are replaced.",
        ),
    )


@gateway.group(
    help=phrase(
        zh="客户端的 API 密钥：签发、列出、撤销。只保存摘要。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway keys issue my-app --expires 2027-06-30",
        en="API keys of clients: issue, list, revoke. Only their digests are kept.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway keys issue my-app --expires 2027-06-30",
    )
)
def keys() -> None:
    """Nothing is opened before a command runs."""


@keys.command(
    help=phrase(
        zh="为租户签发一个密钥。密钥只显示这一次。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway keys issue my-app --expires 2027-06-30",
        en="Issue a key for a tenant. It is shown this once.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway keys issue my-app --expires 2027-06-30",
    )
)
@click.argument("tenant")
@click.option(
    "--expires",
    type=ChinaDay(),
    help=phrase(
        zh="最后一天有效的日期（北京时间）；不给则直到撤销。",
        en="The last day, in China, on which it is good; until it is revoked if not given.",
    ),
)
@pass_terminal
def issue(terminal: Terminal, tenant: str, expires: dt.datetime | None) -> None:
    """Issue a key."""
    end = None if expires is None else expires + dt.timedelta(days=1)
    issued = terminal.workspace.admissions.issue_key(tenant, expires=end)
    terminal.result(
        {"key": issued.text, "id": issued.key.id, "tenant": issued.key.tenant},
        lambda: phrase(
            zh=f"{issued.text}\n请现在保存：密钥不再显示。撤销：hegui gateway keys revoke {issued.key.id}",
            en=f"{issued.text}\nKeep it now: it is not shown again. To revoke it: "
            f"hegui gateway keys revoke {issued.key.id}",
        ),
    )


@keys.command(
    "list",
    help=phrase(
        zh="列出签发过的密钥，不含密钥本身。\n\n\b\n示例：\n  hegui -w my-service gateway keys list",
        en="The keys that were issued, without the keys themselves.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway keys list",
    ),
)
@pass_terminal
def list_keys(terminal: Terminal) -> None:
    """List keys."""
    known = terminal.workspace.admissions.keys()
    now = terminal.workspace.clock()
    terminal.result(
        [_shown(key, now) for key in known],
        lambda: (
            "\n".join(f"{key.id}  {key.tenant}  {terminal.text(key.state(now))}" for key in known)
            or phrase(zh="没有签发过密钥。", en="No key was issued.")
        ),
    )


@keys.command(
    help=phrase(
        zh="撤销一个密钥：一秒之内各副本都不再接受它。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway keys revoke 3f0c9a12 --reason 泄露",
        en="Revoke a key: within a second no replica takes it any more.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway keys revoke 3f0c9a12 --reason leaked",
    )
)
@click.argument("key")
@_reason
@pass_terminal
def revoke(terminal: Terminal, key: str, reason: str) -> None:
    """Revoke a key."""
    terminal.workspace.admissions.revoke_key(key, reason=reason)
    terminal.result({"revoked": key}, lambda: phrase(zh=f"已撤销 {key}。", en=f"{key} is revoked."))


def _shown(key: ClientKey, now: dt.datetime) -> dict[str, object]:
    return {
        "id": key.id,
        "tenant": key.tenant,
        "created": key.created,
        "expires": key.expires,
        "revoked": key.revoked,
        "good": key.is_good(now),
    }


@gateway.group(
    help=phrase(
        zh="未成年人：供监护人了解的使用概况和风险提醒。用户只以假名出现，程序不向任何人发送信息。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway minors alerts\n"
        "  hegui -w my-service gateway minors overview 5f2d…",
        en="Minors: what their guardians may know of use and of risks. Users appear by pseudonym only, and "
        "no program sends anything to anybody.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway minors alerts\n"
        "  hegui -w my-service gateway minors overview 5f2d…",
    )
)
def minors() -> None:
    """Nothing is opened before a command runs."""


@minors.command(
    help=phrase(
        zh="列出还没有告知监护人的风险提醒；--all 列出全部。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway minors alerts",
        en="Of what guardians are still to be told; --all shows what they were told too.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway minors alerts",
    )
)
@click.option("--all", "everything", is_flag=True, help=phrase(zh="包括已告知的。", en="Those told too."))
@pass_terminal
def alerts(terminal: Terminal, *, everything: bool) -> None:
    """List alerts."""
    found = terminal.workspace.admissions.alerts(open_only=not everything)
    terminal.result(
        found,
        lambda: (
            "\n".join(_alert(terminal, alert) for alert in found)
            or phrase(zh="没有待告知的提醒。", en="No guardian has to be told of anything.")
        ),
    )


@minors.command(
    help=phrase(
        zh="写明监护人已经被告知；记入证据。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway minors told 3f0c9a…",
        en="Say that a guardian was told; recorded as evidence.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway minors told 3f0c9a…",
    )
)
@click.argument("alert")
@pass_terminal
def told(terminal: Terminal, alert: str) -> None:
    """Close an alert."""
    closed = terminal.workspace.admissions.told_guardian(alert)
    terminal.result(closed, lambda: _alert(terminal, closed))


@minors.command(
    help=phrase(
        zh="一个未成年用户每天的使用时长、请求次数和付费次数。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway minors overview 5f2d…",
        en="How long a minor used the service each day, how often they asked, and how often for what costs "
        "money.\n\n\b\nExamples:\n  hegui -w my-service gateway minors overview 5f2d…",
    )
)
@click.argument("user")
@pass_terminal
def overview(terminal: Terminal, user: str) -> None:
    """Tell use by day."""
    days = terminal.workspace.admissions.overview(user)
    terminal.result(
        days,
        lambda: (
            "\n".join(
                phrase(
                    zh=f"{day.day}  {day.minutes} 分钟，{day.requests} 次请求，其中付费 {day.paid} 次",
                    en=f"{day.day}  {counted(day.minutes, 'minute')}, {counted(day.requests, 'request')}, "
                    f"{day.paid} of them paid",
                )
                for day in days
            )
            or phrase(zh="没有使用记录。", en="No use is on record.")
        ),
    )


def _alert(terminal: Terminal, alert: GuardianAlert) -> str:
    state = phrase(zh="待告知", en="open") if alert.told is None else phrase(zh="已告知", en="told")
    tenant = f" {alert.tenant}" if alert.tenant else ""
    kind = terminal.text(alert.kind.text)
    return f"{alert.id}  {alert.at:%Y-%m-%d %H:%M}  {kind} {alert.user}{tenant}  {state}"


@gateway.group(
    help=phrase(
        zh="用户令牌：在到期之前撤销。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway tokens revoke my-app --user li.lei --reason 手机丢失",
        en="Tokens of users: revoke them before they expire.\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway tokens revoke my-app --user li.lei --reason 'phone lost'",
    )
)
def tokens() -> None:
    """Nothing is opened before a command runs."""


@tokens.command(
    "revoke",
    help=phrase(
        zh="撤销租户此前签发的令牌：一个用户的，或者（不给 --user）全部用户的。一秒之内所有副本生效；"
        "之后签发的令牌照常有效（签发方的时钟可能偏快，5 秒之内签发的也一并撤销）。\n\n\b\n示例：\n"
        "  hegui -w my-service gateway tokens revoke my-app --user li.lei --reason 手机丢失",
        en="Revoke the tokens that a tenant issued up to now: of one user, or without --user of all. It "
        "holds in every replica within a second; tokens issued more than five seconds later are good."
        "\n\n\b\nExamples:\n"
        "  hegui -w my-service gateway tokens revoke my-app --user li.lei --reason 'phone lost'",
    ),
)
@click.argument("tenant")
@click.option("--user", help=phrase(zh="租户自己的用户标识。", en="The tenant's own identifier of the user."))
@_reason
@pass_terminal
def revoke_tokens(terminal: Terminal, tenant: str, user: str | None, reason: str) -> None:
    """Revoke tokens."""
    workspace = terminal.workspace
    pseudonym = None if user is None else workspace.pseudonym(user, tenant=tenant)
    done = workspace.admissions.revoke_tokens(tenant, user=pseudonym, reason=reason)
    issued = workspace.admissions.keys()
    if all(key.tenant != tenant for key in issued):
        terminal.say(
            zh=f"注意：这里没有为租户 {tenant} 签发过密钥；除非 gateway.yaml 以此名称声明了其令牌，"
            "否则什么也没有撤销。请核对名称。",
            en=f"Note: no key of a tenant {tenant} was issued here; unless gateway.yaml declares its tokens "
            "under that name, nothing is revoked. Check the spelling.",
        )
    terminal.result(
        done,
        lambda: phrase(
            zh=f"{tenant} 在 {done.until:%Y-%m-%d %H:%M:%S} UTC 之前签发的令牌已撤销：{user or '全部用户'}",
            en=f"tokens that {tenant} issued up to {done.until:%Y-%m-%d %H:%M:%S} UTC are revoked: "
            f"{user or 'all users'}",
        ),
    )
