"""The sentences of the clinical rules, in English and Chinese."""

from equipoise.kernel.messages import words

WORDS = words(
    {
        "recist.target.none": ("no target lesion at baseline", "基线无靶病灶"),
        "recist.target.cr": ("every target lesion is gone: CR", "所有靶病灶均已消失：CR"),
        "recist.target.cr_nodes": (
            "every target lesion is gone and every target node is under 10 mm (sum {sum} mm): CR",
            "所有非淋巴结靶病灶均已消失，靶淋巴结短径均小于 10 mm（总和 {sum} mm）：CR",
        ),
        "recist.target.pd": (
            "sum {sum} mm, nadir {nadir} mm: {from_nadir}, {growth} mm: PD",
            "总和 {sum} mm，最低值 {nadir} mm：{from_nadir}，{growth} mm：PD",
        ),
        "recist.target.pd_though_missing": (
            "not assessed: {missing}; the others alone: sum {sum} mm, nadir {nadir} mm: {from_nadir}, {growth} mm: PD",
            "未评估：{missing}；仅其余病灶总和即为 {sum} mm，最低值 {nadir} mm：{from_nadir}，{growth} mm：PD",
        ),
        "recist.target.reappeared": (
            "seen again after a complete response: {lesions}: PD",
            "完全缓解后再次出现：{lesions}：PD",
        ),
        "recist.target.ne": (
            "{count} of {of} target lesions not assessed ({missing}); the others sum to {sum} mm, no progression: NE",
            "{of} 个靶病灶中有 {count} 个未评估（{missing}）；其余总和 {sum} mm，本身不构成进展：NE",
        ),
        "recist.target.ne_all": ("no target lesion was assessed: NE", "所有靶病灶均未评估：NE"),
        "recist.target.pr": (
            "sum {sum} mm, baseline {baseline} mm: {from_baseline}: PR",
            "总和 {sum} mm，基线 {baseline} mm：{from_baseline}：PR",
        ),
        "recist.target.pr_persists": (
            "sum {sum} mm, nadir {nadir} mm: {from_nadir}, {growth} mm; a response stands until progression: PR",
            "总和 {sum} mm，最低值 {nadir} mm：{from_nadir}，{growth} mm；此前的缓解在进展之前持续有效：PR",
        ),
        "recist.target.sd": (
            "sum {sum} mm, baseline {baseline} mm: {from_baseline}; nadir {nadir} mm: {from_nadir}, {growth} mm: SD",
            "总和 {sum} mm，基线 {baseline} mm：{from_baseline}；最低值 {nadir} mm：{from_nadir}，{growth} mm：SD",
        ),
        "recist.non_target.none": ("no non-target lesion at baseline", "基线无非靶病灶"),
        "recist.non_target.pd": ("unequivocal progression of non-target {lesions}", "非靶病灶 {lesions} 明确进展"),
        "recist.non_target.ne": ("non-target not evaluated: {lesions}", "非靶病灶未评估：{lesions}"),
        "recist.non_target.persists": ("non-target still present: {lesions}", "非靶病灶仍存在：{lesions}"),
        "recist.non_target.markers": (
            "every non-target lesion is gone, but tumour markers are not normal",
            "所有非靶病灶均已消失，但肿瘤标志物未恢复正常",
        ),
        "recist.non_target.cr": ("every non-target lesion is gone", "所有非靶病灶均已消失"),
        "recist.new.unequivocal": ("new lesion: {lesions}", "新病灶：{lesions}"),
        "recist.new.equivocal": (
            "equivocal new finding: {lesions}; if confirmed later, progression is dated to its first appearance",
            "可疑新发病灶：{lesions}；若后续确认，进展日期回溯至首次发现之日",
        ),
        "recist.new.seen_before": (
            "{lesion} was first seen {at}: progression is dated to then",
            "{lesion} 首次见于{at}：进展日期回溯至此",
        ),
        "recist.at_visit": ("at visit {visit}", "访视 {visit}"),
        "recist.no_disease": ("no lesion was recorded at baseline", "基线未记录任何病灶"),
        "recist.overall": ("{parts}: overall {response}", "{parts}：总体疗效 {response}"),
        "recist.pet.negative_before": (
            "the baseline PET was negative at this site and PET is now positive: new lesion",
            "该部位基线 PET 阴性，现 PET 阳性：新病灶",
        ),
        "recist.pet.ct_confirms": (
            "no baseline PET; PET is positive and CT confirms a new lesion",
            "无基线 PET；PET 阳性且 CT 确认为新病灶",
        ),
        "recist.pet.ct_confirms_later": (
            "no baseline PET; later CT confirms the PET finding: progression is dated to the first abnormal PET",
            "无基线 PET；后续 CT 确认 PET 所见：进展日期为首次 PET 异常之日",
        ),
        "recist.pet.known_stable": (
            "PET is positive at a known lesion that does not progress on CT: no progression",
            "PET 阳性部位为 CT 上未进展的已知病灶：不构成进展",
        ),
        "recist.pet.await_ct": (
            "no baseline PET; PET is positive but CT does not confirm it: further CT is needed",
            "无基线 PET；PET 阳性但 CT 未证实：需进一步 CT 检查",
        ),
        "radiotherapy.prescription": (
            "{total} Gy in {fractions} fractions of {dose} Gy: BED10 {bed10} Gy, BED3 {bed3} Gy",
            "{total} Gy，{fractions} 次，每次 {dose} Gy：BED10 {bed10} Gy，BED3 {bed3} Gy",
        ),
        "radiotherapy.prescription_high": (
            "{total} Gy in {fractions} fractions of {dose} Gy: BED10 {bed10} Gy, BED3 {bed3} Gy (model doubtful)",
            "{total} Gy，{fractions} 次，每次 {dose} Gy：BED10 {bed10} Gy，BED3 {bed3} Gy（模型不可靠）",
        ),
        "recist.measure.cyst": ("a simple cyst is no lesion", "单纯囊肿不是病灶"),
        "recist.measure.node_normal": (
            "the node's short axis is {size} mm, under 10 mm: normal",
            "淋巴结短径 {size} mm，小于 10 mm：正常",
        ),
        "recist.measure.never": (
            "such disease cannot be measured (leptomeningeal, effusion, lymphangitic spread and the like)",
            "此类病变不可测量（软脑膜病变、积液、淋巴管播散等）",
        ),
        "recist.measure.bone": (
            "bone without measurable soft tissue cannot be measured",
            "无可测量软组织成分的骨病变不可测量",
        ),
        "recist.measure.method": ("{method} does not measure", "{method} 不能用于测量"),
        "recist.measure.irradiated": (
            "treated locally before and not shown to progress since: not measurable",
            "既往接受过局部治疗且此后未证实进展：不可测量",
        ),
        "recist.measure.no_diameter": ("its diameter is not recorded", "未记录径线"),
        "recist.measure.yes": ("{size} mm, at least {least} mm: measurable", "{size} mm，达到 {least} mm：可测量"),
        "recist.measure.small": (
            "{size} mm, under {least} mm: not measurable",
            "{size} mm，小于 {least} mm：不可测量",
        ),
        "lesion.residual.gone_pet": ("in complete metabolic response: not residual", "完全代谢缓解：非残留病灶"),
        "lesion.residual.there_pet": ("not in complete metabolic response: residual", "未达完全代谢缓解：残留病灶"),
        "lesion.residual.unknown_pet": (
            "not shown to be in complete metabolic response: counts as residual",
            "未能证明完全代谢缓解：按残留病灶计",
        ),
        "lesion.residual.gone_mri": ("gone on MRI: not residual", "MRI 示已消失：非残留病灶"),
        "lesion.residual.there_mri": ("present on MRI: residual", "MRI 示仍存在：残留病灶"),
        "lesion.residual.unknown_mri": (
            "not shown by MRI to be gone: counts as residual",
            "MRI 未能证明消失：按残留病灶计",
        ),
        "lesion.local.controlled": (
            "{now} mm, least {nadir} mm: under 20 % or 5 mm above it: controlled",
            "{now} mm，最小值 {nadir} mm：增长不足 20 % 或 5 mm：局部控制",
        ),
        "lesion.local.unconfirmed": (
            "{now} mm, least {nadir} mm: grown, to be confirmed by PET, biopsy or a second scan",
            "{now} mm，最小值 {nadir} mm：已增大，须经 PET、活检或再次扫描确认",
        ),
        "lesion.local.failed": (
            "{now} mm, least {nadir} mm: grown and confirmed: local failure",
            "{now} mm，最小值 {nadir} mm：增大并经确认：局部失败",
        ),
        "lesion.local.refuted": (
            "{now} mm, least {nadir} mm: grown, but confirmed not to be tumour: controlled",
            "{now} mm，最小值 {nadir} mm：虽增大但证实并非肿瘤：局部控制",
        ),
        "lesion.local.marked": ("marked as grown unequivocally", "被标记为明确增大"),
        "lesion.local.named": (
            "never measured, named by a progression at a residual site",
            "从未测量，但残留部位进展记录中列有该病灶",
        ),
        "lesion.local.said_unconfirmed": (
            "{seen}: to be confirmed by PET, biopsy or a second scan",
            "{seen}，须经 PET、活检或再次扫描确认",
        ),
        "lesion.local.said_failed": ("{seen} and confirmed: local failure", "{seen}，并经确认：局部失败"),
        "lesion.local.said_refuted": (
            "{seen}, but confirmed not to be tumour: controlled",
            "{seen}，但证实并非肿瘤：局部控制",
        ),
        "pet.missing": ("PET figures are missing: not evaluable", "缺少 PET 数据：无法评估"),
        "pet.no_uptake_before": ("there was no uptake to follow: not evaluable", "基线无可随访的摄取：无法评估"),
        "pet.new_lesion": ("new FDG-avid lesion typical of cancer: PMD", "出现典型肿瘤性新发 FDG 摄取病灶：PMD"),
        "pet.uptake_time": (
            "uptake time {minutes} min, outside 50 to 70 min",
            "摄取时间 {minutes} 分钟，不在 50 至 70 分钟之内",
        ),
        "pet.uptake_differs": (
            "uptake times differ by {minutes} min, more than 15",
            "两次摄取时间相差 {minutes} 分钟，超过 15 分钟",
        ),
        "pet.liver_differs": (
            "liver SULmean {before} then {after}: differs by 0.3 or more, or by more than 20 %",
            "肝脏 SULmean 由 {before} 变为 {after}：相差达 0.3 或超过 20 %",
        ),
        "pet.glucose": ("glucose {glucose}, 200 mg/dL or more", "血糖 {glucose}，达到或超过 200 mg/dL"),
        "pet.percist.pmd": (
            "SULpeak {before} then {after}: {change}, over 30 % and over 0.8: PMD",
            "SULpeak 由 {before} 变为 {after}：{change}，超过 30 % 且超过 0.8：PMD",
        ),
        "pet.percist.extent": (
            "total lesion glycolysis +{glycolysis} % without a fall of SUL: PMD",
            "病灶糖酵解总量 +{glycolysis} % 且 SUL 未下降：PMD",
        ),
        "pet.percist.cmr": (
            "SULpeak {after} under liver {liver} and at background: CMR",
            "SULpeak {after} 低于肝脏 {liver} 且与本底无异：CMR",
        ),
        "pet.percist.pmr": (
            "SULpeak {before} then {after}: {change}, a fall of 30 % and 0.8 or more: PMR",
            "SULpeak 由 {before} 变为 {after}：{change}，下降达 30 % 且达 0.8：PMR",
        ),
        "pet.percist.growth_elsewhere": (
            "SULpeak {before} then {after}: {change}, but another lesion rose by over 30 %: SMD",
            "SULpeak 由 {before} 变为 {after}：{change}，但另有病灶上升超过 30 %：SMD",
        ),
        "pet.percist.smd": (
            "SULpeak {before} then {after}: {change}: SMD",
            "SULpeak 由 {before} 变为 {after}：{change}：SMD",
        ),
        "pet.eortc.pmd": ("SUV {before} then {after}: {change}: PMD", "SUV 由 {before} 变为 {after}：{change}：PMD"),
        "pet.eortc.cmr": (
            "SUV {after}, not to be told from normal tissue: CMR",
            "SUV {after}，与正常组织无法区分：CMR",
        ),
        "pet.eortc.pmr": ("SUV {before} then {after}: {change}: PMR", "SUV 由 {before} 变为 {after}：{change}：PMR"),
        "pet.eortc.smd": ("SUV {before} then {after}: {change}: SMD", "SUV 由 {before} 变为 {after}：{change}：SMD"),
        "pet.cmr.not_detectable": (
            "too faint or too small at baseline to be judged by PET: not evaluable",
            "基线摄取过低或病灶过小，PET 无法判断：无法评估",
        ),
        "pet.cmr.above_liver": (
            "SULpeak {value}, liver {liver}: not under it: not complete",
            "SULpeak {value}，肝脏 {liver}：未低于肝脏：未达完全代谢缓解",
        ),
        "pet.cmr.background_unknown": (
            "SULpeak {value} under liver {liver}, but the reader has not said whether it is at background",
            "SULpeak {value} 低于肝脏 {liver}，但阅片者未说明是否与本底无异",
        ),
        "pet.cmr.below_liver": (
            "SULpeak {value} under liver {liver} and at background: complete",
            "SULpeak {value} 低于肝脏 {liver} 且与本底无异：完全代谢缓解",
        ),
        "pet.cmr.visible": (
            "SULpeak {value} under liver {liver}, but still above background: not complete",
            "SULpeak {value} 低于肝脏 {liver}，但仍高于本底：未达完全代谢缓解",
        ),
        "pet.cmr.within": ("SUVmax {value}, limit {limit}: complete", "SUVmax {value}，界值 {limit}：完全代谢缓解"),
        "pet.cmr.beyond": (
            "SUVmax {value}, limit {limit}: not complete",
            "SUVmax {value}，界值 {limit}：未达完全代谢缓解",
        ),
        "pet.cmr.score": (
            "five-point score {score}, limit {limit}: complete",
            "五分法 {score} 分，界值 {limit}：完全代谢缓解",
        ),
        "pet.cmr.score_above": (
            "five-point score {score}, limit {limit}: not complete",
            "五分法 {score} 分，界值 {limit}：未达完全代谢缓解",
        ),
        "pet.cmr.reader_yes": ("the reader judges it complete", "阅片者判断为完全代谢缓解"),
        "pet.cmr.reader_no": ("the reader judges it not complete", "阅片者判断为未达完全代谢缓解"),
        "recist.slip.long": (
            "{lesion}: {now} mm is unusually long: check the number and its unit",
            "{lesion}：{now} mm 异常大：请核对数值与单位",
        ),
        "recist.slip.back": (
            "{lesion}: {now} mm, though it was absent before: check that it is the same lesion",
            "{lesion}：{now} mm，而此前已消失：请确认是否为同一病灶",
        ),
        "recist.slip.decimal": (
            "{lesion}: {before} mm before, {now} mm now: check the decimal point and the unit",
            "{lesion}：此前 {before} mm，现为 {now} mm：请核对小数点与单位",
        ),
        "recist.slip.leap": (
            "{lesion}: {before} mm before, {now} mm now: an unusual change, check it",
            "{lesion}：此前 {before} mm，现为 {now} mm：变化异常，请核对",
        ),
    }
)
