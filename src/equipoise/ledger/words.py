"""What the ledger says when it refuses."""

from equipoise.kernel.messages import message, words

words(
    {
        "ledger.repeated_key": (
            "This form was already sent, with other content. Open it afresh and send it again.",
            "此表单已提交过，但内容不同。请重新打开后再提交。",
        ),
    }
)

REPEATED_KEY = message("ledger.repeated_key")
