"""What randomization says to people, in English and Chinese."""

from equipoise.kernel.messages import words

WORDS = words(
    {
        "randomization.level-missing": (
            "The randomization factor {factor} has no level for this participant.",
            "该受试者的随机化分层因素 {factor} 尚无水平。",
        ),
        "randomization.level-missing.remedy": (
            "Complete the data from which {factor} is derived, then randomize again.",
            "请补全用于推导 {factor} 的数据，然后重新随机。",
        ),
        "randomization.difference": (
            "Allocation {position} (list {list_id}, slot {slot}): {field} is {recorded}, recomputed {recomputed}.",
            "第 {position} 次分配（列表 {list_id}，序位 {slot}）：{field} 记录为 {recorded}，重算结果为 {recomputed}。",
        ),
    }
)
