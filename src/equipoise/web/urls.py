"""The addresses of the application."""

from django.urls import include, path

from equipoise.web.views import (
    endings,
    enrolment,
    forms,
    participant,
    participants,
    protocol,
    screening,
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
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
]

handler403 = "equipoise.web.errors.forbidden"
handler404 = "equipoise.web.errors.not_found"
handler500 = "equipoise.web.errors.broken"
