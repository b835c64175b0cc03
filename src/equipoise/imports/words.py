"""What is told of tables that are read, and is no error: in English and Chinese."""

from equipoise.kernel.messages import words

WORDS = words(
    {
        "tumours.by_date": (
            "{subject}: visit {visit} is dated {on}, before visit {other} ({then}): visits are judged by date.",
            "{subject}：访视 {visit} 的日期 {on} 早于访视 {other}（{then}），疗效按日期先后判定。",
        ),
        "tumours.many": (
            "{subject}: visit {visit} holds assessments of {days}: each is judged by itself.",
            "{subject}：访视 {visit} 含多次评估（{days}），各自单独判定。",
        ),
        "tumours.around": (
            "{subject}: visit {visit} is of {first} and {last}, with visit {other} ({then}) between: judged by number.",
            "{subject}：访视 {visit} 含 {first} 与 {last} 的结果，其间有访视 {other}（{then}），按访视编号先后判定。",
        ),
        "tumours.more": (
            "{count} more visits are not dated in the order of their numbers.",
            "另有 {count} 次访视的日期与编号次序不符。",
        ),
        "responses.early": (
            "{count} assessments are dated before {column}: they are counted.",
            "有 {count} 次评估早于 {column}，仍计入。",
        ),
        "tumours.noted": ("{file}: {note}", "{file}：{note}"),
    }
)
