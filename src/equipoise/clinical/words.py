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
    }
)
