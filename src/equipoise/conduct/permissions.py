"""Who may do what: permissions, and roles as lists of them. The one place to review.

Knowing one participant's arm and seeing aggregates by arm are separate permissions; the second also needs a look.
Central readers open no participant: what they may see of one, under a blinded number, comes with reading and
adjudicating.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from equipoise.conduct import words as _words
from equipoise.conduct.entry import Actor
from equipoise.kernel.errors import NotPermitted
from equipoise.kernel.messages import message


class Permission(StrEnum):
    """What may be allowed. `noun:verb`."""

    SEE_TRIAL = "trial:see"
    SEE_PROTOCOL = "protocol:see"
    SEE_SUBJECTS = "subject:see"
    SEE_ARM = "arm:see"
    SEE_IDENTITY = "identity:see"
    ERASE_IDENTITY = "identity:erase"
    SEE_TRAIL = "trail:see"
    SEE_POOLED = "pooled:see"
    SEE_BY_ARM = "by_arm:see"
    SEE_SOURCES = "sources:see"
    PRESCREEN = "prescreening:write"
    CONSENT = "consent:write"
    ENTER = "record:write"
    SIGN = "form:sign"
    SIGN_ELIGIBILITY = "eligibility:sign"
    FAIL_SCREENING = "screening:fail"
    RANDOMIZE = "subject:randomize"
    STOP = "subject:stop"
    OPEN_TRIAL = "trial:open"
    PUBLISH = "protocol:publish"
    OPEN_SITE = "site:open"
    ACTIVATE = "protocol:activate"
    CONFIRM_EXCLUSIONS = "exclusions:confirm"
    COMMIT_RANDOMIZATION = "randomization:commit"
    RECORD_CONTINGENCY = "randomization:contingency"
    GRANT = "role:grant"
    RESOLVE_DUPLICATE = "duplicate:resolve"
    AUTHORIZE_LOOK = "look:authorize"
    TAKE_LOOK = "look:take"
    RELEASE = "results:release"
    DESIGN = "design:explore"
    RECORD_ACCESS = "access:record"
    REDACT = "record:redact"
    READ_CENTRALLY = "central:read"
    ADJUDICATE = "central:adjudicate"
    SEE_CENTRAL = "central:see"


P = Permission
_EVERYONE = {P.SEE_TRIAL, P.SEE_PROTOCOL}
_SITE_TEAM = _EVERYONE | {P.SEE_SUBJECTS, P.SEE_ARM, P.ENTER, P.SIGN, P.SEE_TRAIL, P.SEE_POOLED, P.SEE_SOURCES}


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what it may do, whether it acts at one site, and what it is called."""

    id: str
    label: str
    chinese: str
    permissions: frozenset[Permission]
    at_site: bool


def _role(id_: str, label: str, chinese: str, permissions: set[Permission], *, at_site: bool) -> Role:
    return Role(id_, label, chinese, frozenset(permissions), at_site)


ROLES: Mapping[str, Role] = {
    role.id: role
    for role in (
        _role(
            "coordinator", "Coordinator", "研究协调员",
            _SITE_TEAM | {P.SEE_IDENTITY, P.PRESCREEN, P.CONSENT, P.FAIL_SCREENING, P.STOP}, at_site=True,
        ),
        _role(
            "investigator", "Investigator", "研究者",
            _SITE_TEAM | {
                P.SEE_IDENTITY, P.PRESCREEN, P.CONSENT, P.FAIL_SCREENING, P.STOP, P.SIGN_ELIGIBILITY, P.RANDOMIZE,
                P.CONFIRM_EXCLUSIONS, P.DESIGN, P.ERASE_IDENTITY,
            }, at_site=True,
        ),
        _role("radiation_oncologist", "Radiation oncologist", "放疗医师", _SITE_TEAM, at_site=True),
        _role(
            "nuclear_reader", "Nuclear-medicine reader", "核医学阅片医师",
            _SITE_TEAM - {P.SEE_ARM, P.SEE_POOLED, P.SEE_SOURCES}, at_site=True,
        ),
        _role(
            "central_reader", "Central reader", "中心阅片医师", _EVERYONE | {P.READ_CENTRALLY, P.ADJUDICATE},
            at_site=False,
        ),
        _role(
            "data_manager", "Data manager", "数据管理员",
            _EVERYONE | {
                P.SEE_SUBJECTS, P.SEE_ARM, P.SEE_TRAIL, P.SEE_POOLED, P.SEE_SOURCES, P.RESOLVE_DUPLICATE, P.SEE_CENTRAL,
            }, at_site=False,
        ),
        _role(
            "monitor", "Monitor", "监查员",
            _EVERYONE | {P.SEE_SUBJECTS, P.SEE_ARM, P.SEE_TRAIL, P.SEE_POOLED, P.SEE_SOURCES, P.SEE_CENTRAL},
            at_site=False,
        ),
        _role(
            "statistician", "Statistician", "统计师", _EVERYONE | {P.SEE_POOLED, P.SEE_SOURCES, P.DESIGN},
            at_site=False,
        ),
        _role(
            "independent_statistician", "Independent statistician", "独立统计师",
            _EVERYONE | {P.SEE_POOLED, P.SEE_SOURCES, P.SEE_BY_ARM, P.TAKE_LOOK, P.DESIGN}, at_site=False,
        ),
        _role(
            "sponsor_admin", "Sponsor administrator", "申办方管理员",
            _EVERYONE | {
                P.SEE_SUBJECTS, P.SEE_TRAIL, P.SEE_POOLED, P.SEE_SOURCES, P.OPEN_TRIAL, P.PUBLISH, P.OPEN_SITE,
                P.ACTIVATE, P.COMMIT_RANDOMIZATION, P.RECORD_CONTINGENCY, P.GRANT, P.AUTHORIZE_LOOK, P.RELEASE,
                P.DESIGN, P.SEE_CENTRAL,
            }, at_site=False,
        ),
        _role("system", "System", "系统", set(Permission) - {P.SEE_BY_ARM, P.TAKE_LOOK}, at_site=False),
    )
}  # fmt: skip
"""Every role by id. A role `at_site` acts and reads at the actor's own site only."""


def allows(actor: Actor, permission: Permission, *, site: str | None = None) -> bool:
    """Whether an actor has a permission, at a site where one is concerned."""
    role = ROLES.get(actor.role)
    if role is None or permission not in role.permissions:
        return False
    return not role.at_site or site is None or actor.site == site


def require(actor: Actor, permission: Permission, *, site: str | None = None) -> None:
    """Raise NotPermitted unless the actor has the permission, at the site where one is concerned."""
    if allows(actor, permission, site=site):
        return
    role = ROLES.get(actor.role)
    if role is not None and permission in role.permissions:
        raise NotPermitted(message("permission.site", site=site or ""), message("permission.site_remedy"))
    label = message("permission.role", en=role.label, zh=role.chinese) if role else message("permission.no_role")
    raise NotPermitted(
        message("permission.refused", role=label, permission=message(f"permission.may.{permission.value}"))
    )


assert _words
