"""The wordings of readings: what of a scan could not be placed, central review and its adjudication."""

from equipoise.kernel.messages import words

WORDS = words(
    {
        "scan.before_baseline": (
            "Lesion {lesion}: the measurement of {on} lies before the baseline ({baseline}): it counts for nothing.",
            "病灶 {lesion}：{on} 的测量早于基线（{baseline}），不计入任何疗效判定。",
        ),
        "scan.assessment_before_baseline": (
            "Visit {visit} is assessed on {on}, before the baseline of {baseline}; it counts for no response.",
            "访视 {visit} 的评估日期 {on} 早于基线（{baseline}），不计入任何疗效判定。",
        ),
        "scan.unknown_lesion": (
            "Measurement {row} is of lesion {lesion}, which the register does not have; it counts for no response.",
            "测量 {row} 所指病灶 {lesion} 不在登记中，不计入任何疗效判定。",
        ),
        "scan.undated": (
            "Lesion {lesion}: measurement {row} has no date and counts for no response.",
            "病灶 {lesion}：测量 {row} 没有日期，不计入任何疗效判定。",
        ),
        "scan.measured_twice": (
            "Lesion {lesion} is measured twice at the scan of {on} (also in row {row}); the last entry counts.",
            "病灶 {lesion} 在 {on} 的影像上测量了两次（另见第 {row} 行），以最后录入者为准。",
        ),
        "scan.out_of_order": (
            "Visits are out of order: {visit} is dated {on}, before {earlier} on {before}. Responses follow the dates.",
            "访视次序颠倒：{visit} 的日期 {on} 早于 {earlier}（{before}）。疗效按日期先后判定。",
        ),
        "scan.same_day": (
            "Visits {other} and {visit} have one date, {on}: they are judged as one scan.",
            "访视 {other} 与 {visit} 日期相同（{on}），按同一次影像判定。",
        ),
        "control.counted": (
            "The analysis of control counts the first growth of a lesion, confirmed or not, alike in every arm.",
            "局部控制分析以病灶首次增大计为失败，无论是否确认，各组规则相同。",
        ),
        "refuse.measured_already": (
            "Lesion {lesion} already has a measurement at this scan (row {row}): correct that one with a reason.",
            "病灶 {lesion} 在此次影像已有测量（第 {row} 行）：请注明理由更正该行。",
        ),
        "refuse.lesion_named": (
            "Lesion {row} is named by: {forms}. Correct those first.",
            "病灶 {row} 已被引用：{forms}。请先更正相关记录。",
        ),
        "central.none": ("This protocol has no central review.", "本方案未设中心阅片。"),
        "central.not_a_form": ("“{form}” is not a form of the central review.", "“{form}”不是中心阅片表单。"),
        "central.no_number": ("There is no reading {number}.", "没有阅片编号 {number}。"),
        "central.no_scan": ("There is no scan at “{visit}” to be read.", "“{visit}”没有待判读的影像。"),
        "central.baseline_first": (
            "The baseline scan is read first: enter its lesions and declare it read.",
            "须先判读基线影像：请录入其病灶并声明基线已判读。",
        ),
        "central.baseline_stands": (
            "The baseline is declared read: its lesions stand. A value may be corrected with a reason.",
            "基线已声明判读完成，病灶不再变动；数值可注明理由更正。",
        ),
        "central.baseline_empty": (
            "No lesion is entered. A participant without one cannot be read by RECIST 1.1.",
            "尚未录入病灶；没有病灶则无法按 RECIST 1.1 判读。",
        ),
        "central.in_order": (
            "Scans are read in their order: the one of {on} comes first.",
            "影像须按次序判读：请先判读 {on} 的影像。",
        ),
        "central.unread": ("Not yet read: {what}.", "尚未判读：{what}。"),
        "central.read_already": (
            "The scan at {visit} is already read; correct that reading with a reason.",
            "{visit} 的影像已判读；请注明理由更正该判读。",
        ),
        "central.adjudicated_by_you": (
            "You adjudicated readings of this participant, so another central reader reads the scans.",
            "您已裁定过该受试者的判读，其影像须由另一位中心阅片医师判读。",
        ),
        "central.read_by_you": (
            "You read scans of this participant, so another central reader adjudicates.",
            "您已判读过该受试者的影像，须由另一位中心阅片医师裁定。",
        ),
        "central.other_reader": (
            "Another central reader began this participant: one reader follows all scans of one participant.",
            "该受试者已由另一位中心阅片医师开始判读：同一受试者的全部影像由同一人判读。",
        ),
        "central.target_size": (
            "Target {lesion} is not measurable by RECIST 1.1: {size} mm, at least {least} mm is needed.",
            "靶病灶 {lesion} 按 RECIST 1.1 不可测量：{size} mm，至少须 {least} mm。",
        ),
        "central.target_unmeasured": ("Target {lesion} has no diameter.", "靶病灶 {lesion} 没有径线。"),
        "central.too_many_targets": (
            "{count} target lesions are chosen; RECIST 1.1 allows at most {most}.",
            "已选 {count} 个靶病灶；RECIST 1.1 最多允许 {most} 个。",
        ),
        "central.too_many_in_organ": (
            "{count} target lesions are chosen in {organ}; RECIST 1.1 allows at most {most} in one organ.",
            "{organ} 已选 {count} 个靶病灶；RECIST 1.1 同一器官最多 {most} 个。",
        ),
        "central.chosen_twice": (
            "Lesions {first} and {second} have the same organ, side and site: one lesion is chosen once.",
            "病灶 {first} 与 {second} 的器官、侧别及部位相同：同一病灶只选一次。",
        ),
        "central.agree": (
            "The two readings of {visit} do not differ: there is nothing to adjudicate.",
            "{visit} 的两次判读并无差异，无须裁定。",
        ),
        "central.changed": (
            "One of the readings has changed since this page was opened: look again.",
            "打开本页后其中一次判读已被更改，请重新查看。",
        ),
    }
)  # fmt: skip
