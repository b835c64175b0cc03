"""What each permission allows, in words, for the review of access."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from equipoise.conduct.permissions import Permission as P

PERMISSIONS: dict[P, Any] = {
    P.SEE_TRIAL: _("See how the trial stands"),
    P.SEE_PROTOCOL: _("Read the protocol"),
    P.SEE_SUBJECTS: _("See participants and their records"),
    P.SEE_ARM: _("Know the arm of a participant"),
    P.SEE_IDENTITY: _("See who a participant is"),
    P.ERASE_IDENTITY: _("Erase who a participant is"),
    P.SEE_TRAIL: _("See the trail of entries"),
    P.SEE_POOLED: _("See pooled results"),
    P.SEE_BY_ARM: _("See results by arm"),
    P.SEE_SOURCES: _("Trace results to entries"),
    P.PRESCREEN: _("Keep the pre-screening log"),
    P.CONSENT: _("Record consents"),
    P.ENTER: _("Enter and correct data"),
    P.SIGN: _("Sign forms"),
    P.SIGN_ELIGIBILITY: _("Sign eligibility"),
    P.FAIL_SCREENING: _("Record a screen failure"),
    P.RANDOMIZE: _("Randomize"),
    P.STOP: _("Record stops, losses and deaths"),
    P.OPEN_TRIAL: _("Open the trial"),
    P.PUBLISH: _("Publish protocol versions"),
    P.OPEN_SITE: _("Open sites"),
    P.ACTIVATE: _("Put a version in force at a site"),
    P.CONFIRM_EXCLUSIONS: _("Confirm the exclusion criteria"),
    P.COMMIT_RANDOMIZATION: _("Commit to and open the randomization"),
    P.RECORD_CONTINGENCY: _("Record contingency allocations"),
    P.GRANT: _("Create accounts, grant and end roles"),
    P.RESOLVE_DUPLICATE: _("Resolve possible duplicates"),
    P.AUTHORIZE_LOOK: _("Authorize looks by arm"),
    P.TAKE_LOOK: _("Take an authorized look"),
    P.RELEASE: _("Release results by arm"),
    P.DESIGN: _("Explore designs"),
    P.RECORD_ACCESS: _("Have access entered in the record"),
    P.REDACT: _("Redact what should never have been entered"),
    P.READ_CENTRALLY: _("Read scans centrally"),
    P.ADJUDICATE: _("Adjudicate readings"),
    P.SEE_CENTRAL: _("See central readings"),
}
