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
        "web.tells_arm": (
            "“{form}” may tell the participant's arm, which your role does not know.",
            "“{form}”可能透露受试者的组别，您的角色无权知晓。",
        ),
        "web.other_number": (
            "Type this participant's number, {subject}, to confirm.",
            "请键入该受试者的编号 {subject} 以确认。",
        ),
        "web.duty_to_keep": (
            "Confirm that no duty to keep it is left.",
            "请确认已无继续保存的义务。",
        ),
        "web.no_identity": ("No identity is kept for this participant.", "未保存该受试者的身份信息。"),
        "web.bad_key": ("The page is damaged; open it again.", "页面已损坏，请重新打开。"),
        "web.username": (
            "A sign-in name has letters, digits and . _ - + @, at most 80; seen “{seen}”.",
            "登录名由字母、数字及 . _ - + @ 组成，最多 80 个字符；现为“{seen}”。",
        ),
        "web.username_taken": (
            "The sign-in name “{seen}” is taken; names are never given to another person.",
            "登录名“{seen}”已被使用；登录名从不转给他人。",
        ),
        "web.person_name": ("Give the person's name, as signatures print it.", "请填写签名上显示的姓名。"),
        "web.no_account": ("There is no open account “{seen}”.", "没有可用的账户“{seen}”。"),
        "web.own_role": (
            "You cannot end your own administrator's rights; another administrator can.",
            "不能撤销您自己的管理员权限，请由另一位管理员操作。",
        ),
        "web.site_id": (
            "A site's id has small letters, digits, _ and -, beginning with a letter; its code 1 to 8 capitals or digits.",
            "中心标识由小写字母、数字、_ 和 - 组成，以字母开头；中心代码为 1 至 8 位大写字母或数字。",
        ),
        "web.field_missing": ("Something is missing: {field}.", "缺少内容：{field}。"),
        "web.field.name": ("the name", "名称"),
        "web.field.approval": ("the approval", "批准文件"),
        "web.nul": (
            "What was sent holds a NUL character, which cannot be kept; nothing was saved. Go back and remove it.",
            "所提交的内容含有无法保存的空字符（NUL），未保存任何内容。请返回并将其删除。",
        ),
        "web.nothing_confirmed": ("Tick the criteria you confirm.", "请勾选所确认的标准。"),
        "web.as_of": (
            "“{seen}” is neither a day, a moment such as 2026-03-05T09:30Z, nor an entry's number.",
            "“{seen}”不是日期、时刻（如 2026-03-05T09:30Z）或记录序号。",
        ),
        "web.nobody_randomized": (
            "Nobody was randomized by this cut; there is nothing to estimate.",
            "截至此数据截点尚无受试者随机化，无可估计内容。",
        ),
        "web.choice_unknown": (
            "There is no such choice for “{name}”: “{seen}”; there are {wanted}.",
            "“{name}”没有该选项：“{seen}”；可选：{wanted}。",
        ),
        "web.horizon": (
            "The horizon is a number of months above 0, at most 600; seen “{seen}”.",
            "时间范围应为大于 0、不超过 600 的月数；现为“{seen}”。",
        ),
        "web.report_of_all": (
            "The report is of the whole trial; your role acts at one site.",
            "该报告涵盖整个试验；您的角色仅限于一个中心。",
        ),
        "web.rows_of": ("There is no such list of rows: {seen}.", "没有该行列表：{seen}。"),
        "web.row_unknown": (
            "No row of this list is that participant's, or it is not yours to see.",
            "此列表中没有该受试者的行，或您无权查看。",
        ),
        "web.endpoint_unknown": ("The plan has no such endpoint: {seen}.", "分析计划中没有该终点：{seen}。"),
        "web.no_scenarios": ("The protocol describes no scenario to start from.", "方案未描述任何可作为起点的情景。"),
        "web.scenario_unknown": ("The protocol has no such scenario: {seen}.", "方案中没有该情景：{seen}。"),
        "web.which_visit": (
            "“{form}” belongs to a visit; open it from there.",
            "“{form}”属于某次访视，请从访视页打开。",
        ),
        "web.no_file": ("Choose a file.", "请选择文件。"),
        "web.file_too_large": ("The file has more than {megabytes} MB.", "文件超过 {megabytes} MB。"),
        "web.not_text": ("The file is not UTF-8 text.", "该文件不是 UTF-8 文本。"),
        "web.look_id": (
            "A look's id has small letters, digits, _ and -, and begins with a letter.",
            "揭盲查看的标识由小写字母、数字、_ 和 - 组成，以字母开头。",
        ),
        "web.look_nobody": (
            "Name at least one independent statistician who may look.",
            "请至少指定一位可查看的独立统计师。",
        ),
    }
)
