"""What the ledger says when it refuses."""

from equipoise.kernel.messages import message, words

words(
    {
        "ledger.repeated_key": (
            "This form was already sent, with other content. Open it afresh and send it again.",
            "此表单已提交过，但内容不同。请重新打开后再提交。",
        ),
        "ledger.name_taken": ("the sign-in name is taken", "登录名已被使用"),
        "ledger.name_unused": ("one never used before", "从未使用过的登录名"),
        "ledger.no_account": ("there is no such account", "没有此账户"),
    }
)

REPEATED_KEY = message("ledger.repeated_key")
