"""Why somebody is not let in, said so that a program and a person know what to do."""

from hegui.core import Conflict, InvalidInput


class WrongKey(InvalidInput):
    """A key that is missing or not known."""

    def __init__(self) -> None:
        """Say no more than that."""
        super().__init__(zh="缺少 API 密钥或密钥错误", en="the API key is missing or wrong")


class WrongToken(InvalidInput):
    """A user token that cannot be accepted.

    The reasons are about its form or its time; who forges one learns nothing of the key.
    """

    def __init__(self, *, zh: str, en: str) -> None:
        """Say what is wrong with it."""
        super().__init__(
            zh=f"用户令牌无效：{zh}；请由业务后端重新签发",
            en=f"the user token is not accepted: {en}; have your backend issue a new one",
        )


class TooManyWrongKeys(Conflict):
    """An address that presented too many wrong keys or tokens."""

    def __init__(self) -> None:
        """Say when to come again."""
        super().__init__(
            zh="该地址提交的错误密钥过多；请一分钟后重试",
            en="too many wrong keys from this address; try again in a minute",
        )


class NotAdmitted(Conflict):
    """Somebody known is not let in.

    Attributes:
        code: the reason, for programs.
        wait_seconds: when it is worth asking again; ``None`` where waiting does not help.
    """

    code = "not_admitted"

    def __init__(self, *, zh: str, en: str, wait_seconds: float | None = None) -> None:
        """Say why, and what to do."""
        super().__init__(zh=zh, en=en)
        self.wait_seconds = wait_seconds


class UserRequired(NotAdmitted):
    """A request that does not say whose it is."""

    code = "user_required"

    def __init__(self, *, signed: bool) -> None:
        """Say how to name a user."""
        if signed:
            super().__init__(
                zh="请求没有用户令牌；请在 X-Hegui-User-Token 中附上业务后端签发的令牌",
                en="the request has no user token; send the one that your backend issues in "
                "X-Hegui-User-Token",
            )
        else:
            super().__init__(
                zh="请求没有写明用户；请填写 user 字段或 X-Hegui-User",
                en="the request names no user; fill in the field user or X-Hegui-User",
            )


class AgreementNotAccepted(NotAdmitted):
    """A user who has not accepted the agreement in force."""

    code = "agreement_not_accepted"

    def __init__(self, *, needed: str, accepted: str | None) -> None:
        """Name both versions."""
        super().__init__(
            zh=f"需要先接受服务协议 {needed} 版（目前：{accepted or '没有记录'}）；"
            "请向用户出示协议，接受后重新签发令牌",
            en=f"version {needed} of the service agreement has to be accepted first (on record: "
            f"{accepted or 'none'}); show it to the user, then issue a new token",
        )


class RealNameRequired(NotAdmitted):
    """A user whose real identity is not known though it has to be.

    Basis:
        CSL 26
    """

    code = "real_name_required"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            zh="本服务须先核验用户的真实身份信息；请完成实名认证后重新签发令牌",
            en="users' real identity has to be verified first; verify it, then issue a new token",
        )


class MinorsNotServed(NotAdmitted):
    """A minor, where the service is not for minors.

    Basis:
        TC260-003 7a4
    """

    code = "minors_not_served"

    def __init__(self) -> None:
        """Say so."""
        super().__init__(zh="本服务不面向未成年人", en="the service is not for minors")


class ClosedToMinors(NotAdmitted):
    """A minor, at an hour when the service is closed to them."""

    code = "minor_hours"

    def __init__(self, *, until: str, wait_seconds: float) -> None:
        """Say until when."""
        super().__init__(
            zh=f"现在是未成年人休息时段；{until} 以后再来，监护人可以调整时段",
            en=f"the service is closed to minors at this hour; come back after {until}, or have the guardian "
            "set other hours",
            wait_seconds=wait_seconds,
        )


class MinorTimeUsedUp(NotAdmitted):
    """A minor who has used the day's time."""

    code = "minor_daily_time"

    def __init__(self, *, minutes: int, wait_seconds: float) -> None:
        """Say how much it was."""
        super().__init__(
            zh=f"今天的使用时长（{minutes} 分钟）已经用完；明天再来，监护人可以调整时长",
            en=f"today's time of use ({minutes} minutes) is used up; come back tomorrow, or have the "
            "guardian set another time",
            wait_seconds=wait_seconds,
        )


class PaidFeature(NotAdmitted):
    """A minor who asks for what costs money.

    Basis:
        TC260-003 7a3
    """

    code = "minor_paid_feature"

    def __init__(self, model: str) -> None:
        """Name the model."""
        super().__init__(
            zh=f"未成年人模式下不提供付费功能（{model}）；监护人可以开启",
            en=f"paid features ({model}) are off in minors' mode; the guardian can turn them on",
        )


class BlockedCharacter(NotAdmitted):
    """A minor who asks for a model or a character that is not for them.

    Basis:
        ANTHRO 14.1
        ANTHRO 14.2
    """

    code = "minor_blocked_character"

    def __init__(self, name: str, *, by_guardian: bool) -> None:
        """Name it, and who can change that, if anybody."""
        if by_guardian:
            super().__init__(
                zh=f"监护人屏蔽了 {name}；监护人可以解除",
                en=f"the guardian blocked {name}, and can undo that",
            )
        else:
            super().__init__(zh=f"{name} 不向未成年人提供", en=f"{name} is not for minors")


class ConsentRequired(NotAdmitted):
    """A child under fourteen whose guardian has not agreed.

    Basis:
        ANTHRO 14.1
        ANTHRO 17.1
    """

    code = "guardian_consent_required"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            zh="不满十四周岁，须先取得监护人同意；取得后重新签发令牌",
            en="a child under fourteen needs the guardian's consent; obtain it, then issue a new token",
        )


class LimitReached(NotAdmitted):
    """Somebody who asked for more than is allowed.

    Attributes:
        limit: the name of the limit, ``user-requests-60``.
        most: how much it allows.
    """

    code = "rate_limit_exceeded"

    def __init__(self, limit: str, *, most: int, wait_seconds: float) -> None:
        """Say which limit, and when to come again."""
        super().__init__(
            zh=f"超过限额 {limit}（{most}）；请 {wait_seconds:.0f} 秒后重试",
            en=f"the limit {limit} ({most}) is reached; try again in {wait_seconds:.0f} seconds",
            wait_seconds=wait_seconds,
        )
        self.limit = limit
        self.most = most
