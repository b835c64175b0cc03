"""Participants of the shipped flagship protocol, as `equipoise screen` reads them: one who meets everything."""

import copy
import json
from datetime import date
from functools import cache
from typing import Any

from equipoise.conduct.casebook import Casebook
from equipoise.imports.participants import read_participants
from equipoise.protocol.load import load
from equipoise.protocol.model import Protocol
from equipoise.protocols import shipped

ON = date(2026, 3, 10)
LEFT_OUT = object()

LAB = "2026-03-02"


@cache
def flagship() -> Protocol:
    return load(shipped("nct07014202"), "nct07014202").protocol


def lab(value: str, unit: str, lower: str = "", upper: str = "", day: str = LAB) -> dict[str, str]:
    return {"value": value, "unit": unit, "lower": lower, "upper": upper, "date": day}


def lesion(organ: str = "lung", **changed: Any) -> dict[str, Any]:
    """A lesion of 22 mm on thin CT, hotter than the liver: residual and measurable."""
    row = {
        "organ": organ, "side": "right", "site": "upper lobe", "found_on": "2026-02-20", "status": "baseline",
        "modality": "ct", "slice_thickness": "1.25", "longest_diameter": "22", "previously_irradiated": "no",
        "role": "target", "is_primary": "no", "pet_detectable": "yes", "sulpeak": "4.1", "reader_cmr": "no",
    } | changed  # fmt: skip
    return {name: value for name, value in row.items() if value is not LEFT_OUT}


def in_response(**changed: Any) -> dict[str, Any]:
    """A lesion in complete metabolic response: below the liver's 1.6 and like the background."""
    return lesion(**{"sulpeak": "1.1", "reader_cmr": "yes", **changed})


def stated(*lesions: str, irradiable: str = "yes") -> list[dict[str, Any]]:
    return [{"lesion": [name], "irradiable": irradiable, "irradiability_date": "2026-03-04"} for name in lesions]


def toxicity(term: str, grade: str, **more: Any) -> dict[str, Any]:
    return {"term": term, "grade": grade, "assessed_on": LAB, **more}


def participant() -> dict[str, Any]:
    """Someone who meets every criterion: 61 years, male, one residual lesion in the lung, all measured in time."""
    return {
        "id": "P1",
        "consent": {"date": "2026-02-25", "age": 61},
        "items": {
            "sex": "male", "height": "172", "smoking": "former",
            "diagnosis_method": "histology", "histology": "adenocarcinoma", "stage": "IVA",
            "egfr": "negative", "alk": "negative", "ros1": "negative", "ret": "not_tested", "met_ex14": "not_tested",
            "braf_v600e": "negative", "ntrk": "not_tested", "her2": "not_tested",
            "platinum_io_cycles": "4", "gilbert": "no", "liver_metastases": "no",
            "ecog": {"value": "1", "date": LAB}, "weight": {"value": "70", "date": LAB},
            "neutrophils": lab("3.2", "10*9/L", "1.8", "6.3"), "platelets": lab("180", "10*9/L", "125", "350"),
            "haemoglobin": lab("118", "g/L", "130", "175"), "creatinine": lab("80", "umol/L", "57", "97"),
            "ast": lab("30", "U/L", "15", "40"), "alt": lab("35", "U/L", "9", "50"),
            "bilirubin": lab("12", "umol/L", "0", "21"), "tsh": lab("2.0", "m[IU]/L", "0.55", "4.78"),
            "ft3": lab("4.5", "pmol/L", "3.5", "6.5"), "ft4": lab("15", "pmol/L", "11.5", "22.7"),
            "transfusion_asked_on": LAB, "transfused": "no",
            "exclusions_date": LAB, "pneumonitis_grade": "0", "pneumonitis_steroids": "no", "autoimmune_active": "no",
            "effusion_uncontrolled": "no", "other_cancer_active": "no",
            "pet_date": "2026-02-20", "reference_region": "liver", "reference_sul_mean": "1.6", "no_progression": "yes",
            "mri_date": "2026-02-21", "brain_metastases": "no", "leptomeningeal": "no",
            "ro_date": "2026-03-04", "together_safe": "yes", "prior_dose_considered": "yes",
            "lung_dose_considered": "yes", "prior_radiotherapy_overlap": "no", "tolerates_position": "yes",
            "investigator_date": "2026-03-05", "survives_3_months": "yes", "will_comply": "yes",
            "tissue_agreement": "agreed",
            "maintenance_declared_on": "2026-03-05", "planned_maintenance": "io_alone", "antiangiogenic_planned": "no",
        },
        "logs": {
            "lesions": {"complete": True, "rows": [lesion()]},
            "irradiability": {"complete": True, "rows": stated("L1")},
            "prior_toxicities": {"complete": True, "rows": []},
        },
        "signed": ["ro_statement", "investigator_statement"],
    }  # fmt: skip


def changed(change: dict[str, Any]) -> dict[str, Any]:
    """The participant with changes: items by name (LEFT_OUT takes one away), consent, signatures, logs by rows."""
    person = copy.deepcopy(participant())
    for name, value in change.items():
        if name in ("consent", "signed"):
            person[name] = value
            if value is LEFT_OUT:
                del person[name]
        elif name in person["logs"] and isinstance(value, list):
            person["logs"][name] = {"complete": True, "rows": value}
            if name == "lesions" and "irradiability" not in change:
                rows = stated(*(f"L{number}" for number in range(1, len(value) + 1)))
                person["logs"]["irradiability"] = {"complete": True, "rows": rows}
        elif isinstance(value, dict) and "rows" in value:
            person["logs"][name] = value
        elif value is LEFT_OUT:
            del person["items"][name]
        else:
            person["items"][name] = value
    return person


def casebook(change: dict[str, Any]) -> Casebook:
    """The participant with changes, as a casebook on 10 March 2026."""
    data = json.dumps([changed(change)]).encode()
    (read,) = read_participants(data, "participants.json", flagship(), on=ON)
    return read.casebook
