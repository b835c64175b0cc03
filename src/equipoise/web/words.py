"""The wordings of refusals that only the web can make."""

from equipoise.kernel.messages import words

WORDS = words(
    {
        "web.no_role": (
            "You have no role in this trial today; ask the sponsor's administrator.",
            "您今日在本试验中没有角色，请联系申办方管理员。",
        ),
        "web.wrong_password": ("The password is not right; nothing was signed.", "密码不正确，未签署任何内容。"),
        "web.name_missing": (
            "The name is missing; it stays at your site, encrypted.",
            "缺少姓名；姓名仅加密保存在本中心。",
        ),
        "web.bad_key": ("The page is damaged; open it again.", "页面已损坏，请重新打开。"),
    }
)
