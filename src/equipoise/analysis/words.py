"""Wordings of the analysis: why a number is not there."""

from equipoise.kernel.messages import words

words(
    {
        "analysis.too_few_values": (
            "{n} values give no interval; two or more are needed.",
            "{n} 个数值无法给出区间，至少需要两个。",
        ),
        "analysis.one_level": ("The factor has one level only.", "该因素仅有一个水平。"),
        "analysis.nobody": (
            "Nobody is randomized in this data cut; there is nothing to estimate.",
            "本数据截点内无人入组随机，无可估计。",
        ),
    }
)
