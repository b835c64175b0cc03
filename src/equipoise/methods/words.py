"""The wordings of items and schedule, in English and Chinese."""

from equipoise.kernel.messages import words

WORDS = words(
    {
        "item.number": (
            "Write a number with a point, such as 1.5; seen “{seen}”.",
            "请填写数字，小数用点号，例如 1.5；现为“{seen}”。",
        ),
        "item.decimals": (
            "At most {decimals} decimals are taken; seen {seen}.",
            "最多 {decimals} 位小数；现为 {seen}。",
        ),
        "item.too_low": ("{seen} is impossible here: at least {least}.", "{seen} 不可能：至少为 {least}。"),
        "item.too_high": ("{seen} is impossible here: at most {most}.", "{seen} 不可能：至多为 {most}。"),
        "item.unit_missing": ("A result needs its unit: {units}.", "结果须有单位：{units}。"),
        "item.unit_wrong": (
            "The unit “{seen}” is not one this result comes in: {units}.",
            "单位“{seen}”不适用：应为 {units}。",
        ),
        "item.limits_crossed": (
            "The laboratory's lower limit {lower} must lie below its upper limit {upper}.",
            "实验室下限 {lower} 须低于上限 {upper}。",
        ),
        "item.no_limits": (
            "The laboratory's limits of normal are missing; what is judged against them stays unknown.",
            "缺少实验室正常值范围；依此判断的条目将为未知。",
        ),
        "item.option": ("“{seen}” is none of the answers: {options}.", "“{seen}”不在可选答案中：{options}。"),
        "item.yes_no": ("Answer yes or no; seen “{seen}”.", "请回答是或否；现为“{seen}”。"),
        "item.date": ("Write a date as 2026-03-05; seen “{seen}”.", "日期写作 2026-03-05；现为“{seen}”。"),
        "item.date_partial": (
            "The whole date is needed, as 2026-03-05; seen {seen}.",
            "须填写完整日期，如 2026-03-05；现为 {seen}。",
        ),
        "item.date_future": ("{seen} lies in the future; today is {today}.", "{seen} 晚于今日（{today}）。"),
        "item.date_old": ("{seen} lies before 1900; check the year.", "{seen} 早于 1900 年，请核对年份。"),
        "item.date_incomplete": ("The date is incomplete: {seen}.", "日期不完整：{seen}。"),
        "item.control_characters": (
            "The text holds control characters; type it again.",
            "文本含控制字符，请重新输入。",
        ),
        "item.too_long": (
            "The text has {seen} characters; at most {most} are taken.",
            "文本共 {seen} 字，最多 {most} 字。",
        ),
        "item.term": (
            "“{seen}” is not a term of {coding}; choose one from the list.",
            "“{seen}”不是 {coding} 的术语，请从列表选择。",
        ),
        "item.lesion": ("Choose one lesion of the register; seen {seen}.", "请从病灶登记中选择一个；现选 {seen} 个。"),
        "item.file": ("An attachment is named by its SHA-256; seen “{seen}”.", "附件以其 SHA-256 标识；现为“{seen}”。"),
        "item.absent": (
            "Without a value, say not done or unknown; seen “{seen}”.",
            "无数值时请选择“未做”或“未知”；现为“{seen}”。",
        ),
        "item.unusual": (
            "{seen} is unusual (expected {range}); please check.",
            "{seen} 不常见（通常 {range}），请核对。",
        ),
    }
)
