"""What is wrong in a protocol document, in Chinese, beside the English in which each fault is found.

A fault is found deep in the reading of a document, with a sentence of its own; here stands that sentence as a template
with its Chinese. `told` words a fault in a page's language; ids, keys, units and what was seen stay as they were typed.
"""

import re
from dataclasses import replace
from functools import cache

from equipoise.kernel.errors import Fault
from equipoise.kernel.messages import message, words

_PROBLEMS = {
    # the text and its YAML
    "the text is UTF-16": "文本为 UTF-16 编码",
    "the text is not UTF-8": "文本不是 UTF-8 编码",
    "the document is no mapping": "文件不是键值映射",
    "the document is too long": "文件过长",
    "the document is nested too deeply": "文件嵌套过深",
    "the document unfolds to too much text": "文件展开后文本过多",
    "the document is of another YAML version": "文件为其他 YAML 版本",
    "the text holds a control character": "文本含有控制字符",
    "the text is not YAML": "文本不是 YAML",
    "the text is not canonical JSON": "文本不是规范 JSON",
    "a second document begins": "出现了第二个文件",
    "a tag says of what type a value is": "使用了类型标签",
    "an alias names no anchor before it": "别名之前没有对应的锚点",
    "an alias lies within its own anchor": "别名位于其自身的锚点之内",
    "a key is no text": "键不是文本",
    "YAML 1.2 has no merge key": "YAML 1.2 没有合并键",
    "the text is not YAML ({why})": "文本不是 YAML（{why}）",
    "the key `{key}` stands twice, first on line {line}": "键 `{key}` 出现两次，首次在第 {line} 行",
    "a number is beyond all measure": "数值大得没有意义",
    "a number is too long": "数字过长",
    "a number is not finite": "数值不是有限数",
    "a colon stands where no key can": "冒号所在之处不能有键",
    "a key has no colon after it": "键后缺少冒号",
    "a tab stands where spaces indent": "应以空格缩进之处用了制表符",
    "a list in brackets is not closed": "方括号列表未闭合",
    "a mapping in braces is not closed": "花括号映射未闭合",
    "the indentation does not fit the lines above": "缩进与上文不符",
    "Unit {unit} is not UCUM: {why}": "单位 {unit} 不是 UCUM 单位：{why}",
    "{unit} is not a known unit": "{unit} 不是已知单位",
    "{text} is not understood": "无法理解 {text}",
    "a quotation mark is not closed": "引号未闭合",
    "a character cannot begin a value": "值不能以该字符开头",
    # the shape
    "there is no key `{key}` here": "此处没有键 `{key}`",
    "`{key}` is missing": "缺少 `{key}`",
    "`{key}` is missing or no text": "`{key}` 缺失或不是文本",
    "`texts` is missing or no mapping": "`texts` 缺失或不是映射",
    "there is no such {what}": "没有这样的 {what}",
    "this {what} is named twice": "此 {what} 被列出两次",
    "two {what} have one id": "两个 {what} 使用同一标识",
    "{seen} stands here": "此处是{seen}",
    "nothing is written here": "此处为空",
    "this is none of the values known": "不在可选值之中",
    "{kind} stands where text is wanted": "应为文本之处是{kind}",
    "this is not {wanted}": "这不是{wanted}",
    "an id never changes its meaning": "标识的含义永不改变",
    "this cannot be an id": "不能用作标识",
    "the version is empty": "版本为空",
    "the protocol has no such text": "方案中没有这段文字",
    "a translation is text": "译文须为文本",
    "the text is translated twice": "该文字被翻译两次",
    "the translation is of another protocol": "译文属于另一方案",
    # the trial
    "a randomized trial has two arms or more": "随机试验至少有两个组",
    "no arm is the control": "没有对照组",
    "the ratio leaves out an arm, number {number}": "分配比例遗漏了第 {number} 个组",
    "no consent is the main one": "没有主要知情同意书",
    "nothing says where this comes from": "未说明出处",
    "a factor has two levels or more": "因素至少有两个水平",
    "the windows of this visit overlap when it is repeated": "该访视重复时时间窗重叠",
    "the endpoint analysed first is not ranked primary": "首先分析的终点未列为主要终点",
    "the power is no more than chance gives": "把握度不高于偶然",
    "more events are awaited than there are subjects": "期待的事件数多于受试者数",
    "looks come at growing shares of the information": "各次分析的信息比例须递增",
    "there is no such spending function": "没有这样的消耗函数",
    "the last look is not the final one": "最后一次分析不是最终分析",
    "a duration is not negative": "时长不能为负",
    "a share lies from 0 to below 1": "比例须大于等于 0 且小于 1",
    "a share lies from 0 to 1": "比例须在 0 与 1 之间",
    "the control arm has no effect: the others are compared with it": "对照组没有效应：其他组与其比较",
    "an arm's effect is a hazard ratio or a median, one of them": "一个组的效应为风险比或中位数，二者择一",
    "a median says nothing of an effect that changes later": "中位数不能说明之后会变化的效应",
    "the shares by number of lesions do not add up to 1": "按病灶数的比例之和不为 1",
    "the shares of {factor} do not add up to 1": "{factor} 的比例之和不为 1",
    "effects follow one another in time": "各效应须按时间先后排列",
    "this is no duration": "这不是时长",
    "the duration is too short": "时长过短",
    "the duration is longer than a life": "时长超过一生",
    "the number is not above 0": "数值不大于 0",
    "the number is too low": "数值过小",
    "the number is too high": "数值过大",
    "the text is empty": "文字为空",
    "two levels hold for the same participants": "两个水平适用于同样的受试者",
    "no block of this size is ever full": "该长度的区组永远不会填满",
    "the text is too long": "文字过长",
    "the id is too long": "标识过长",
    "nobody fills in the form": "没有人填写该表单",
    "the number does not lie between {low} and {high}": "数值不在 {low} 与 {high} 之间",
    "an organ counts as one that counts as another itself": "器官所归入的器官本身又归入另一器官",
    "nothing after this repeat is ever reached: it has no end": "该重复没有终点，其后的内容永远不会到达",
    "a second endpoint is ranked primary, and alpha is spent on one": "有第二个主要终点，而 α 只用于一个",
    "a hazard ratio of 1 is no effect to look for": "风险比为 1 不是要寻找的效应",
    "nobody is followed as long as the restricted mean asks": "无人的随访达到受限均值所要求的时长",
    "A duration is written in days or weeks, as '8 weeks'": "时长以天或周书写，如 '8 weeks'",
    "Permuted blocks need at least one block size": "置换区组至少需要一个区组长度",
    "A block meets the ratio only with a multiple of {least} participants": "区组长度须为 {least} 的倍数才符合分配比例",
    "A block size is named once": "同一区组长度只列一次",
    "Randomization needs at least two arms in its ratio": "随机化的分配比例至少有两个组",
    "Every arm of the ratio needs its id": "分配比例中的每个组都须有标识",
    "The ratio of arm {arm} is a whole number of at least 1": "组 {arm} 的比例须为不小于 1 的整数",
    "Every randomization factor needs its id": "每个随机化因素都须有标识",
    "A randomization factor is named once": "同一随机化因素只列一次",
    "Minimization needs at least one factor in strata": "最小化至少需要一个分层因素",
    "The probability of the preferred arm lies above its share of the ratio, {share}, and is at most 1":
        "首选组的概率须大于其比例份额 {share}，且至多为 1",
    "Weights name every factor of strata and no other ({factors})": "权重须列出且仅列出各分层因素（{factors}）",
    "The weight of factor {factor} is above 0": "因素 {factor} 的权重须大于 0",
    "A threshold of deterioration is positive": "恶化阈值须为正数",
    # endpoints and central review
    "an event cannot be of interest and compete": "同一事件不能既是目标事件又是竞争事件",
    "the analysis has no estimate for these events together": "分析中没有针对这些事件组合的估计",
    "events end a time, and this endpoint is none": "事件用于结束计时，而该终点不是时间终点",
    "events compete only where risks do": "只有竞争风险终点才有竞争事件",
    "only death competes with the failure of a lesion": "与病灶失败竞争的只有死亡",
    "there is no lesion that could fail": "没有可能失败的病灶",
    "only the date of a progression can be moved to a scan": "只有进展日期可以移到影像日期",
    "only a time to an event is estimated in another population": "只有至事件时间才在其他人群中估计",
    "only a progression lies between two scans": "只有进展位于两次影像之间",
    "the options lack codes by which {concept} is read": "选项缺少读取 {concept} 所用的编码",
    "no item of a form holds this day": "没有表单条目记录该日期",
    "no item of a form holds what this counts": "没有表单条目记录其所计内容",
    "there is no radiotherapy that an arm without it could receive": "没有可供未安排放疗的组接受的放疗",
    "death is part of this endpoint; where it competes, the scores themselves are the endpoint":
        "死亡是该终点的一部分；若为竞争事件，则评分本身才是终点",
    "a form of central readers is filled in by them alone": "中心阅片表单仅由中心阅片医师填写",
    "form {form} does not ask for what a central reading needs": "表单 {form} 未询问中心阅片所需内容",
    "{item} points at lesions of another register": "{item} 指向另一登记的病灶",
    "no scale deteriorates": "没有会恶化的量表",
    "no event ends the time": "没有结束计时的事件",
    "no event competes": "没有竞争事件",
    "only a response is confirmed": "只有缓解需要确认",
    "a response is confirmed later": "缓解须在其后确认",
    "scales belong to a deterioration": "量表属于恶化终点",
    "there is no lesion register to review": "没有可供审阅的病灶登记",
    "a form of central readers is a log": "中心阅片的表单须为日志",
    "nobody reads the scans centrally": "无人进行中心阅片",
    # forms
    "no form is the lesion register": "没有表单是病灶登记",
    "the form asks nothing": "表单没有任何条目",
    "the form lacks items of {instrument}": "表单缺少 {instrument} 的条目",
    "{instrument} scores other answers to this": "{instrument} 对此条目按其他答案评分",
    "rules could not name this": "规则无法引用该名称",
    "this word has a meaning of its own in rules": "该词在规则中另有含义",
    "the result comes in no unit": "结果没有单位",
    "a number cannot have so many decimals": "小数位数过多",
    "`{high}` lies below `{low}`": "`{high}` 低于 `{low}`",
    "a record is dated by a date": "记录须以日期条目标明日期",
    "two items of the form have one id": "表单中两个条目使用同一标识",
    "this is computed from the register, never typed": "此值由登记计算得出，从不录入",
    "the concept is not known, and near to one that is": "该概念未知，但与已知概念相近",
    "there is nothing to choose from": "没有可选项",
    "the text has no room": "文本没有空间",
    "a log has this id: rules could not tell them apart": "已有日志使用该标识：规则无法区分",
    "whether an item is asked cannot depend on its own answer": "条目是否提问不能取决于其自身的回答",
    "{unit} does not convert to {other}": "{unit} 不能换算为 {other}",
    "the item means another thing than in form {form}": "该条目与表单 {form} 中的含义不同",
    # rules
    "the rule is empty": "规则为空",
    "the rule is too long": "规则过长",
    "the rule is nested too deeply": "规则嵌套过深",
    "the rule goes on where it should end": "规则在应结束处继续",
    "this character has no meaning here": "该字符在此没有含义",
    "the number is too long": "数字过长",
    "the unit's bracket is not closed": "单位的括号未闭合",
    "a value is missing here": "此处缺少值",
    "a comparison is written with two equals signs": "比较须写两个等号",
    "comparisons are not chained": "比较不能连写",
    "a unit stands after a number only": "单位只能写在数字之后",
    "`where` names a value": "`where` 须为值命名",
    "`where` makes the rule too large": "`where` 使规则过大",
    "`where` is not recursive": "`where` 不能递归",
    "`where` defines {name} twice": "`where` 两次定义 {name}",
    "`where` defines {name}, which the rule never reads": "`where` 定义了规则从未用到的 {name}",
    "`where` may not give {name} another meaning": "`where` 不能给 {name} 另一含义",
    "this is no date": "这不是日期",
    "this is not a unit": "这不是单位",
    "this is not a window": "这不是时间窗",
    "the window is too long": "时间窗过长",
    "a criterion is a condition": "标准须为条件",
    "{what} is not a condition": "{what} 不是条件",
    "no item is called {name}": "没有名为 {name} 的条目",
    "no function is called {name}": "没有名为 {name} 的函数",
    "nothing is called {name}": "没有名为 {name} 的内容",
    "{name} has another number of arguments": "{name} 的参数个数不符",
    "{name} does not take this unit": "{name} 不接受该单位",
    "{name} does not know these codes": "{name} 没有这些编码",
    "{name} takes another kind of value": "{name} 须为另一类值",
    "{name} asks about an item": "{name} 须作用于条目",
    "{name} goes over a register": "{name} 须作用于登记",
    "{name} is a field of the register {homes}": "{name} 是登记 {homes} 的字段",
    "{name} is a register, not a value": "{name} 是登记而不是值",
    "{name} is a function": "{name} 是函数",
    "{name} is a code and a name here": "{name} 在此既是编码又是名称",
    "only a laboratory value has limits": "只有检验值才有界限",
    "quantifiers stand too deep within one another": "量词嵌套过深",
    "days(since, until) counts between two dates": "days(since, until) 计算两个日期之间的天数",
    "includes(item, code) asks what was ticked": "includes(item, code) 询问是否勾选",
    "count_distinct counts the values of a field": "count_distinct 计数某字段的不同值",
    "this is not one of the item's codes": "这不是该条目的编码",
    "the two have no code in common": "两者没有共同的编码",
    "{one} cannot be compared or reckoned with {two}: they measure different things":
        "{one} 不能与 {two} 比较或运算：两者度量不同的量",
    "{one} is compared with {two}": "{one} 与 {two} 相比较",
    "{what} has no order": "{what} 没有次序",
    "none has no order": "none 没有次序",
    "{what} has no answer `none`": "{what} 没有回答 `none`",
    "these cannot be {what}": "这些不能{what}",
    "only numbers are multiplied and divided": "只有数可以乘除",
    "only a duration is added to a date": "只有时长可以加到日期上",
    "a number without a unit": "没有单位的数",
    "both branches of an `if` are of one kind": "`if` 的两个分支须为同一类",
    "nothing lies between these ends": "两端之间没有任何值",
    "only a number has a sign": "只有数才有正负号",
    "ticked codes are not compared": "勾选的编码不能比较",
}  # fmt: skip

_WANTED = {
    "{near}; or {own} for a concept of this trial's own": "{near}；若为本试验自有概念，则用 {own}",
    "another value": "其他值",
    "each once": "各一次",
    "each key once": "每个键一次",
    "once": "一次",
    "text": "文本",
    "a number": "数",
    "a whole number": "整数",
    "true or false": "true 或 false",
    "a list": "列表",
    "a mapping": "映射",
    "a list, each of it {what}": "列表，各元素为{what}",
    "a mapping with {keys}": "含 {keys} 的映射",
    "a mapping of {keys}": "由 {keys} 组成的映射",
    "a mapping from ids to {what}": "由标识到{what}的映射",
    "an element whose `{key}` is one of {kinds}": "`{key}` 为 {kinds} 之一的元素",
    "one of {choices}": "以下之一：{choices}",
    "an id of its own; the first is number {number} of the list": "使用自己的标识；首个为列表第 {number} 项",
    "nothing of the kind is declared": "未声明任何此类内容",
    "a file saved as UTF-8": "以 UTF-8 保存的文件",
    "keys and values, as `equipoise: 1`": "键与值，如 `equipoise: 1`",
    "a word as the key": "以一个词作为键",
    "the keys written out": "写出各键",
    "keys and their texts": "键及其文字",
    "plain text": "普通文本",
    "one document in the file": "一个文件中只有一份文档",
    "the value alone": "只写值",
    "at most {most}": "至多 {most}",
    "text, in quotes": "加引号的文本",
    "a key of one of its texts": "其某段文字的键",
    "a new id for what is new": "新内容使用新标识",
    "a section with items": "含条目的部分",
    "another than 1": "不为 1",
    "a plain number": "普通数字",
    "the closing quotation mark": "右引号",
    "the text in quotes, and spaces instead of tabs": "给文本加引号，并以空格代替制表符",
    "in one of the two lists": "只列入两个列表之一",
    "the organ that is counted in the end": "最终计数的器官",
    "progression among the events": "事件中含有进展",
    "an item with `concept: {concept}`": "含 `concept: {concept}` 的条目",
    "a UCUM unit, as g/L, 10*9/L or 1": "UCUM 单位，如 g/L、10*9/L 或 1",
    "one kind and unit, or an id of its own": "同一类型和单位，或使用自己的标识",
    "a choice with the options {least} to {most}": "选项为 {least} 至 {most} 的单选条目",
    "units of one kind, or an analyte of {known}": "同类单位，或以下分析物之一：{known}",
    "`until:`, as '52 weeks'": "`until:`，如 '52 weeks'",
    "a time within accrual and follow-up": "入组与随访期内的时间",
    "an id of its own": "使用自己的标识",
}

words({f"fault: {english}": (english, chinese) for english, chinese in (_PROBLEMS | _WANTED).items()})


def told(fault: Fault, language: str = "en") -> Fault:
    """The fault with its problem, and what is wanted, worded in a language. What has no wording stays in English."""
    return replace(fault, problem=_said(fault.problem, language), wanted=_said(fault.wanted, language))


def _said(text: str, language: str) -> str:
    known = _known(text)
    if known is None:
        return text
    template, values = known
    return message(f"fault: {template}", **{name: _said(value, language) for name, value in values.items()}).say(
        language
    )


def _known(text: str) -> tuple[str, dict[str, str]] | None:
    """The template a sentence was made from, the most telling one first, with what stands in its places."""
    if text in _PROBLEMS or text in _WANTED:
        return (text, {}) if "{" not in text else None
    for template, pattern in _patterns():
        if found := pattern.fullmatch(text):
            return template, found.groupdict()
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    open_ones = [template for template in (*_PROBLEMS, *_WANTED) if "{" in template]
    parts = {template: re.split(r"\{(\w+)\}", template) for template in open_ones}
    telling = sorted(open_ones, key=lambda template: -sum(map(len, parts[template][::2])))
    return tuple(
        (
            template,
            re.compile(
                "".join(
                    f"(?P<{part}>.+)" if place % 2 else re.escape(part) for place, part in enumerate(parts[template])
                ),
                re.DOTALL,
            ),
        )
        for template in telling
    )
