"""Actions on people's rights: roles, access, looks at outcomes by arm, release."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from equipoise.conduct import facts as f
from equipoise.conduct.actions.base import Context, TrialAction, because, day_of, opened, signed_with_password
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import protocol_of
from equipoise.conduct.entry import ACCESS_STREAM, TRIAL_STREAM, NewFact
from equipoise.conduct.permissions import ROLES, Permission
from equipoise.conduct.study import Study
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.protocol.model import Look, Protocol


@dataclass(frozen=True, slots=True)
class GrantRole(TrialAction):
    """Give a person a role, at a site where the role acts at sites."""

    permission: ClassVar[Permission] = Permission.GRANT
    user: str
    role: str
    at_site: str = ""
    delegation: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses an unknown role or site, and a site role without a site."""
        opened(study)
        if self.role not in ROLES or self.role == "system":
            raise Refusal(message("refuse.role_unknown", role=self.role))
        if ROLES[self.role].at_site and not self.at_site:
            label = message("permission.role", en=ROLES[self.role].label, zh=ROLES[self.role].chinese)
            raise Refusal(message("refuse.role_site", role=label))
        if self.at_site and self.at_site not in study.sites:
            raise Refusal(message("refuse.site_unknown", site=self.at_site))
        granted = f.RoleGranted(user=self.user, role=self.role, site=self.at_site, delegation=self.delegation)
        return [NewFact(TRIAL_STREAM, granted)]


@dataclass(frozen=True, slots=True)
class RevokeRole(TrialAction):
    """Take a role from a person."""

    permission: ClassVar[Permission] = Permission.GRANT
    user: str
    role: str
    reason: str
    at_site: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Needs a reason. Refuses a role that the person does not hold."""
        opened(study)
        held = {(granted.user, granted.role, granted.site) for granted, _ in study.roles}
        if (self.user, self.role, self.at_site) not in held:
            role = ROLES.get(self.role)
            label = message("permission.role", en=role.label, zh=role.chinese) if role else self.role[:40]
            raise Refusal(message("refuse.role_not_held", user=self.user[:80], role=label, site=self.at_site or "—"))
        revoked = f.RoleRevoked(user=self.user, role=self.role, site=self.at_site, because=because(self.reason))
        return [NewFact(TRIAL_STREAM, revoked, reason=self.reason)]


@dataclass(frozen=True, slots=True)
class ChangeAccount(TrialAction):
    """Note that an account was made, locked, unlocked or closed. Whoever may grant roles may do this."""

    permission: ClassVar[Permission] = Permission.GRANT
    user: str
    change: Literal["made", "locked", "unlocked", "closed", "password_set"]

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Always possible."""
        opened(study)
        return [NewFact(TRIAL_STREAM, f.AccountChanged(user=self.user, change=self.change))]


@dataclass(frozen=True, slots=True)
class RecordAccess(TrialAction):
    """Note that somebody signed in or out, failed to, or opened what identifies a participant."""

    permission: ClassVar[Permission] = Permission.RECORD_ACCESS
    user: str
    event: Literal["signed_in", "sign_in_failed", "signed_out", "identity_opened", "signature_failed"]
    subject: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Always possible."""
        opened(study)
        return [NewFact(ACCESS_STREAM, f.AccessRecorded(user=self.user, event=self.event, subject=self.subject))]


def planned_look(protocol: Protocol, look: str) -> Look:
    """The look of that id which a protocol plans. Refuses one that it does not plan."""
    found = next((one for one in protocol.monitoring if one.id == look), None)
    if found is None:
        planned = ", ".join(one.id for one in protocol.monitoring) or message("refuse.look_none")
        raise Refusal(
            message("refuse.look_unplanned", look=look, version=protocol.version, planned=planned),
            message("refuse.look_unplanned_remedy"),
        )
    return found


@dataclass(frozen=True, slots=True)
class AuthorizeLook(TrialAction):
    """Authorise named people to look at outcomes by arm, at one data cut, under the analysis plan in force."""

    permission: ClassVar[Permission] = Permission.AUTHORIZE_LOOK
    look: str
    purpose: str
    cutoff: str
    plan: str
    for_users: tuple[str, ...]

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses a look's id used again, an unknown plan, a look that plan does not hold, a cutoff still to come or
        before anybody was randomized, and nobody to look. Password given again."""
        opened(study)
        signed_with_password(context)
        if self.look in study.looks:
            raise Refusal(message("refuse.look_known", look=self.look))
        if self.plan not in study.protocols:
            raise Refusal(message("refuse.protocol_unknown", digest=self.plan[:12]))
        planned_look(protocol_of(study, self.plan), self.look)
        cutoff = day_of(self.cutoff, context)
        if study.first_allocated_at is None:
            raise Refusal(message("refuse.look_nobody"))
        first = study.first_allocated_at.astimezone(context.zone).date()
        if cutoff < first:
            raise Refusal(message("refuse.look_too_early", cutoff=cutoff.isoformat(), first=first.isoformat()))
        if not self.for_users:
            raise Refusal(message("refuse.look_for_nobody"))
        return [
            NewFact(
                TRIAL_STREAM,
                f.LookAuthorized(
                    look=self.look,
                    purpose=because(self.purpose),
                    cutoff=cutoff.isoformat(),
                    plan=self.plan,
                    for_users=self.for_users,
                ),
            )
        ]


@dataclass(frozen=True, slots=True)
class TakeLook(TrialAction):
    """Look at outcomes by arm: written down before anything is shown."""

    permission: ClassVar[Permission] = Permission.TAKE_LOOK
    look: str
    plan: str
    as_of: int

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses a look that was not authorised, not for this person, or under another plan."""
        opened(study)
        authorized = study.looks.get(self.look)
        if authorized is None:
            raise Refusal(message("refuse.look_unknown", look=self.look))
        if context.actor.user not in authorized.for_users:
            raise Refusal(message("refuse.look_not_yours", look=self.look))
        if authorized.plan != self.plan:
            raise Refusal(message("refuse.look_plan", look=self.look))
        taken = f.LookTaken(look=self.look, cutoff=authorized.cutoff, as_of=self.as_of, plan=self.plan)
        return [NewFact(TRIAL_STREAM, taken)]


@dataclass(frozen=True, slots=True)
class ReleaseResults(TrialAction):
    """Release results by arm: the firewall opens."""

    permission: ClassVar[Permission] = Permission.RELEASE
    reason: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Password given again, and a reason."""
        opened(study)
        signed_with_password(context)
        return [NewFact(TRIAL_STREAM, f.ResultsReleased(because=because(self.reason)), reason=self.reason)]
