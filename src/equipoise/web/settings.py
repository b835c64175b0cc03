"""Django's settings. Everything that differs between deployments is an environment variable; there is no second file.

DATABASE_URL                     sqlite:///file or postgresql://...; default equipoise.sqlite3 here
MIGRATION_DATABASE_URL           the role that owns the tables (PostgreSQL); default the same
EQUIPOISE_HOSTS                  host names served, comma-separated; default this machine only
EQUIPOISE_TIME_ZONE              the trial's time zone, such as Asia/Shanghai: whose day "today" is; default UTC
EQUIPOISE_HTTPS                  1 where a proxy ends TLS in front: secure cookies, HSTS, redirect
EQUIPOISE_PROXIES                how many proxies stand in front, each adding to X-Forwarded-For; default 1 with HTTPS
"""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.csp import CSP

from equipoise.accounts.key_files import place
from equipoise.kernel.errors import InputError
from equipoise.ledger.address import application_address, database, migration_address
from equipoise.ledger.secrets import web_key

HERE = Path(__file__).resolve().parent

DEBUG = False
DATABASES = {"default": database(application_address())}
if migration_address() != application_address():
    DATABASES["migration"] = database(migration_address())
SECRET_KEY = web_key(DATABASES["default"])

_LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [name.strip() for name in os.environ.get("EQUIPOISE_HOSTS", "").split(",") if name.strip()] or _LOOPBACK
_HTTPS = os.environ.get("EQUIPOISE_HTTPS") or "0"
if _HTTPS not in {"0", "1"}:  # "true" taken for off would send cookies in the clear
    raise InputError("EQUIPOISE_HTTPS is no 1 or 0", seen=_HTTPS, wanted="1 where a proxy ends TLS, else 0")
HTTPS = _HTTPS == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "equipoise.accounts",
    "equipoise.ledger",
    "equipoise.projections",
    "equipoise.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "equipoise.web.requests.LargestBodyMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "equipoise.web.requests.SteadyMiddleware",
    "equipoise.web.requests.SignedInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "equipoise.web.access.ActorMiddleware",
    "equipoise.web.passwords.FirstPasswordMiddleware",
    "equipoise.web.requests.NoNulMiddleware",
    "equipoise.web.errors.ErrorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
CSRF_FAILURE_VIEW = "equipoise.web.errors.csrf_failure"
ROOT_URLCONF = "equipoise.web.urls"
WSGI_APPLICATION = "equipoise.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.tz",  # moments are shown in UTC and say so, wherever the trial is
                "equipoise.web.templatetags.swift",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "equipoise.web.frame.frame",
            ],
        },
    },
]

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "equipoise.accounts.adapter.Adapter"
ACCOUNT_FORMS = {"change_password": "equipoise.accounts.forms.ChangePassword"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key", "reauthenticate": "10/m/user"}
# Whose failures are counted: behind a proxy every request comes from the proxy's own address.
_PROXIES = os.environ.get("EQUIPOISE_PROXIES") or ("1" if HTTPS else "0")
if _PROXIES not in list("0123456789"):
    raise InputError("EQUIPOISE_PROXIES is no number of proxies", seen=_PROXIES, wanted="0 to 9")
ALLAUTH_TRUSTED_PROXY_COUNT = int(_PROXIES)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Equipoise"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Sessions end: when the browser closes, and after half an hour without a click (`requests` renews them by the minute).
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 30 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # htmx reads it to send it back in a header

# Transport
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # putting a domain on browsers' preload lists is its owner's decision
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in ALLOWED_HOSTS if name not in _LOOPBACK]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}

# Languages and times: moments are kept in UTC; clinical dates are dates.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [HERE / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = TRIAL_ZONE = os.environ.get("EQUIPOISE_TIME_ZONE") or "UTC"
try:
    ZoneInfo(TRIAL_ZONE)
except (ValueError, OSError, KeyError) as error:  # a KeyError where there is none of that name
    raise InputError("EQUIPOISE_TIME_ZONE is no time zone", seen=TRIAL_ZONE, wanted="such as Asia/Shanghai") from error

# Counters of failed sign-ins are shared by every worker, so they lie in files beside the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": place("cache", "EQUIPOISE_CACHE", DATABASES["default"]),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# Files
STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in (HERE / "static",) if path.is_dir()]
STATIC_ROOT = os.environ.get("EQUIPOISE_STATIC") or None  # served from the package unless collected elsewhere
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
LARGEST_BODY = 4 << 20  # bytes of any request: a protocol file of 2 MB, as a file or as text, is the most a page sends
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Anybody can send a wrong host name; it is answered with 400 and is no event of ours.
    "loggers": {"django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False}},
}
