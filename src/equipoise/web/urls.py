"""The addresses of the application."""

from allauth.account import views as account
from django.urls import include, path

from equipoise.web.views import (
    administration,
    analysis,
    endings,
    enrolment,
    forms,
    oversight,
    participant,
    participants,
    people,
    protocol,
    publishing,
    screening,
    setting_up,
    today,
    trial,
    visits,
)

_SUBJECT = "participants/<str:subject>/"
_FORM = f"{_SUBJECT}forms/<str:form>/"
_AT = f"{_FORM}<str:occurrence>/"

urlpatterns = [
    path("", today.today, name="today"),
    path("participants/", participants.participants, name="participants"),
    path("participants/new/", enrolment.enrol, name="enrol"),
    path("prescreening/", enrolment.prescreening, name="prescreening"),
    path("trial/", trial.trial, name="trial"),
    path("trial/accrual.svg", trial.accrual_svg, name="accrual-svg"),
    path("trial/primary.svg", trial.primary_svg, name="primary-svg"),
    path("analysis/", analysis.analysis, name="analysis"),
    path("analysis/look", analysis.take_look, name="take-look"),
    path("analysis/curve.svg", analysis.curve_svg, name="curve-svg"),
    path("analysis/curve.csv", analysis.curve_csv, name="curve-csv"),
    path("analysis/estimates.json", analysis.analysis_json, name="analysis-json"),
    path("protocol/", protocol.protocol, name="protocol"),
    path("role/", participants.switch_role, name="switch-role"),
    path(_SUBJECT, participant.participant, name="participant"),
    path(f"{_SUBJECT}trail/", participant.trail, name="trail"),
    path(f"{_SUBJECT}identity/", enrolment.identity, name="identity"),
    path(f"{_SUBJECT}screening/", screening.screening, name="screening"),
    path(f"{_SUBJECT}lesions/", screening.lesions, name="lesions"),
    path(f"{_SUBJECT}randomize/", screening.randomize, name="randomize"),
    path(f"{_SUBJECT}consents/", endings.consents, name="consents"),
    path(f"{_SUBJECT}endings/", endings.endings, name="endings"),
    path(f"{_SUBJECT}unscheduled/", visits.unscheduled, name="unscheduled"),
    path(f"{_SUBJECT}calendar.ics", visits.calendar_file, name="calendar"),
    path(f"{_SUBJECT}visits/<str:visit>/", visits.visit, name="visit"),
    path(f"{_SUBJECT}logs/<str:form>/", forms.log, name="log"),
    path(_FORM, forms.form, name="form"),
    path(f"{_FORM}check", forms.check_form, name="check-form"),
    path(f"{_FORM}sign", forms.sign_form, name="sign-form"),
    path(f"{_FORM}not-done", forms.not_done, name="not-done"),
    path(_AT, forms.form, name="form-at"),
    path(f"{_AT}check", forms.check_form, name="check-form-at"),
    path(f"{_AT}sign", forms.sign_form, name="sign-form-at"),
    path(f"{_AT}not-done", forms.not_done, name="not-done-at"),
    path(f"{_AT}remove", forms.remove_row, name="remove-row"),
    path("administration/", administration.administration, name="administration"),
    path("administration/people/", people.people, name="people"),
    path("administration/review/", people.review, name="review"),
    path("administration/sites/", setting_up.sites, name="sites"),
    path("administration/exclusions/", setting_up.exclusions, name="exclusions"),
    path("administration/randomization/", setting_up.randomization, name="randomization"),
    path("administration/duplicates/", setting_up.duplicates, name="duplicates"),
    path("administration/versions/", publishing.publish, name="publish"),
    path("administration/looks/", oversight.looks, name="looks"),
    path("administration/record/", oversight.record, name="record"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("language/", include("django.conf.urls.i18n")),
]

handler403 = "equipoise.web.errors.forbidden"
handler404 = "equipoise.web.errors.not_found"
handler500 = "equipoise.web.errors.broken"
