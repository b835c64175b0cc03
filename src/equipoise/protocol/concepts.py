"""What items may hold, by concept: the names engines read answers by, and the usual ones beside them.

A concept is a group and a name, `lesion.organ`. Forms of central readers write `central.` before it; a trial's own
concepts, which no engine reads, begin with `own.` or simply with words that are near to none of these.
"""

from difflib import get_close_matches

CENTRAL = "central."
"""Stands before the concepts of the sites' forms in those of central readers."""

OWN = "own."
"""Begins a concept of one trial's own, whatever it resembles."""

NEAR = 0.85
"""As alike as this, a concept that is not known is taken for one misspelt (Ratcliff and Obershelp's measure)."""

_GROUPS = {
    "ae": (
        "actions end grade immune_related known_on outcome related_chemotherapy related_drug "
        "related_immunotherapy related_radiotherapy serious seriousness start term verbatim"
    ),
    "assessment": (
        "comment date modality new_lesions new_site non_target overall quality radiation_change sum timing "
        "told_after unscheduled_reason"
    ),
    "baseline": "date sum",
    "diagnosis": "confirmed controlled date histology metastatic method pdl1 site stage",
    "drug": "agent cycle date dose id reason status",
    "gene": "alk braf_v600e egfr her2 met_ex14 ntrk ret ros1",
    "history": (
        "autoimmune_active brain_metastases breastfeeding cyp3a4 effusion_uncontrolled gilbert "
        "liver_metastases lung other_cancer pneumonitis_grade pneumonitis_steroids pregnancy thyroid"
    ),
    "investigator": "compliance date survival tissue_exception",
    "irradiability": "date irradiable lesion reason",
    "lab": (
        "albumin alp alt ast bilirubin calcium creatinine date ft3 ft4 glucose haemoglobin ldh leukocytes "
        "lymphocytes neutrophils platelets potassium pregnancy_test routine_care sodium tsh"
    ),
    "late": "date findings grade",
    "lesion": (
        "five_point found_on is_primary longest_diameter modality mri_resolved organ pet_detectable "
        "previously_irradiated progressed_since reader_cmr role short_axis side site slice_thickness "
        "soft_tissue_component status sulpeak suvmax"
    ),
    "maintenance": "antiangiogenic chemotherapy date immunotherapy planned",
    "measurement": "coalesced_with date diameter lesion state suvmax unequivocal_growth",
    "medication": "class dose end name reason start",
    "mri": "brain_metastases date leptomeningeal routine_care treated_stable",
    "performance": "date ecog",
    "pet": (
        "compared_with date diagnostic_ct glucose no_progression read_on reference_region reference_sul_mean "
        "reference_sul_sd reference_suv_mean routine_care uptake_time"
    ),
    "prior": (
        "chemotherapy cycles end immunotherapy last_chemotherapy partner platinum progressed start "
        "thoracic_radiotherapy"
    ),
    "pro": "date fact_emotional fact_functional fact_physical fact_social",
    "progression": "basis confirmation confirmation_date date field lesions pattern",
    "ro": "date lung_dose_considered prior_dose_considered prior_overlap together_safe tolerates_position",
    "rt": (
        "chemo_held_from chemo_held_to dose dose_planned end fractions fractions_planned intent io_held_from "
        "io_held_to lesions lung_mean_dose lung_v20 prescription reason start status technique underdosed "
        "underdosed_reason volume"
    ),
    "sample": "code date kind volume",
    "subject": "race sex smoking",
    "subsequent": "agent cycles end lesions reason start type",
    "survival": "alive alive_on new_therapy source",
    "tissue": "agreement kind origin reason",
    "toxicity": "after_chemotherapy date grade stable_on_hormone term",
    "transfusion": "asked_on given last",
    "vital": "date diastolic height pulse spo2 systolic temperature weight",
}

KNOWN = frozenset(f"{group}.{name}" for group, names in _GROUPS.items() for name in names.split())
"""Every known concept, without the prefix of central readers."""


def misspelt(concept: str) -> tuple[str, ...]:
    """The known concepts that one not known is near to, the nearest first; none where it is known or a trial's own."""
    prefix = CENTRAL if concept.startswith(CENTRAL) else ""
    name = concept.removeprefix(CENTRAL)
    if not name or name in KNOWN or name.startswith(OWN):
        return ()
    return tuple(prefix + near for near in get_close_matches(name.lower(), sorted(KNOWN), n=3, cutoff=NEAR))
