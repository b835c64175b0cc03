"""The window of a criterion in the reader's language."""

import pytest

from equipoise.protocol.times_in_words import window_in_words


@pytest.mark.parametrize(
    ("phrase", "english", "chinese"),
    [
        ("14 days before randomization", "14 days before randomization", "随机化前 14 天"),
        ("1 week after consent", "1 week after consent", "知情同意后 1 周"),
        ("3 months around randomization", "3 months around randomization", "随机化前后 3 个月"),
        ("within 28 days before randomization", "28 days before randomization", "随机化前 28 天"),
    ],
)
def test_a_window_is_said_in_both_languages(phrase: str, english: str, chinese: str) -> None:
    assert window_in_words(phrase, "en") == english
    assert window_in_words(phrase, "zh-hans") == chinese
