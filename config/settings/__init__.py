"""Django settings, derived from the declared ones (``declared.py``)."""

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from . import declared as _declared
from . import sqlite as _sqlite

DECLARED = _declared.read()
ROOT = Path(__file__).resolve().parent.parent.parent
DATA_DIR = DECLARED.data_dir.resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = _declared.secret_key(DECLARED)
DEBUG = DECLARED.debug
DEMO = DECLARED.demo
BASE_URL = str(DECLARED.base_url).rstrip("/")
ADDRESS_IS_DECLARED = "base_url" in DECLARED.model_fields_set
# The address can be set on a page, so hosts are checked on every request (zhiliu.kit.web.site).
ALLOWED_HOSTS = ["*"]
SERVED_HOSTS = {name.strip().lower() for name in DECLARED.allowed_hosts.split(",") if name.strip()}

# From the lowest layer up: each app may use those before it (docs/architecture.md).
FLOORS = [
    "zhiliu.kit",
    "zhiliu.directory",
    "zhiliu.communities",
    "zhiliu.jobs",
    "zhiliu.files",
    "zhiliu.activity",
    "zhiliu.audit",
    "zhiliu.inbound_mail",
    "zhiliu.live",
    "zhiliu.lineage",
    "zhiliu.notifications",
    "zhiliu.search",
    "zhiliu.moderation",
    "zhiliu.transfers",
    "zhiliu.comments",
    "zhiliu.polls",
    "zhiliu.surveys",
    "zhiliu.thanks",
    "zhiliu.needs",
    "zhiliu.knowledge",
    "zhiliu.discussions",
    "zhiliu.conversations",
    "zhiliu.gatherings",
    "zhiliu.governance",
    "zhiliu.demo",
    "zhiliu.home",
    "zhiliu.console",
]

INSTALLED_APPS = [
    *FLOORS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "rules",
    "django_htmx",
    "django_vite",
    "tree_queries",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "zhiliu.kit.web.client_info.ClientInfoMiddleware",
    "zhiliu.kit.web.protection.HostMiddleware",
    "zhiliu.kit.web.protection.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zhiliu.kit.web.compression.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "zhiliu.kit.web.protection.ScriptsMiddleware",
    "zhiliu.kit.web.protection.CookieNamesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "zhiliu.kit.web.protection.OriginMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhiliu.directory.middleware.PersonalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "zhiliu.kit.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "zhiliu.kit.templatetags.web",
                "zhiliu.kit.templatetags.ui",
                "zhiliu.comments.templatetags.votes",
                "zhiliu.communities.templatetags.communities",
                "zhiliu.lineage.templatetags.lineage",
                "zhiliu.moderation.templatetags.moderation",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "zhiliu.kit.web.page_frame.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "directory.Person"
AUTHENTICATION_BACKENDS = ["zhiliu.directory.signin.backends.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "zhiliu.directory.signin.passwords.GuessableValidator"},
]
LOGIN_URL = "signin"
LOGIN_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = DECLARED.session_days * 86400
SESSION_IDLE_DAYS = DECLARED.session_idle_days
SESSION_ENGINE = "zhiliu.kit.web.sessions"
CSRF_FAILURE_VIEW = "zhiliu.kit.web.error_views.stale_form"

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "worker-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        # A recording is heard before it is sent.
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
if DECLARED.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


# Also with PostgreSQL: any SQLite file opened in this process uses this engine.
SQLITE_VERSION = _sqlite.choose()


def _database() -> dict[str, Any]:
    if DECLARED.database_url:
        parsed = dj_database_url.parse(DECLARED.database_url, conn_max_age=60)
        # Prepared statements: the server caches the plans of repeated queries, half of its time per page. Behind a
        # pooler that does not support them, add "?server_side_binding=false" to the address.
        prepared = {"server_side_binding": True, "prepare_threshold": 3}
        return {**parsed, "CONN_HEALTH_CHECKS": True, "OPTIONS": {**prepared, **parsed.get("OPTIONS", {})}}
    journal = _sqlite.journal_mode(SQLITE_VERSION)
    # Without WAL, NORMAL could lose data in a crash of the machine.
    synchronous = "NORMAL" if journal == "WAL" else "FULL"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "zhiliu.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Take the write lock at BEGIN and wait for it, instead of failing with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                f"PRAGMA journal_mode={journal}; PRAGMA synchronous={synchronous}; PRAGMA temp_store=MEMORY;"
                "PRAGMA mmap_size=134217728; PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16000"
            ),
        },
    }


DATABASES = {"default": _database()}
SQLITE_IS_SOUND = bool(DECLARED.database_url) or _sqlite.is_sound(SQLITE_VERSION)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20000}}}
if DECLARED.redis_url:
    CACHES["shared"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": DECLARED.redis_url}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

LANGUAGE_CODE = DECLARED.language
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
TIME_ZONE = DECLARED.time_zone
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "zhiliu.kit.formats"

STATIC_URL = "/static/"
# In the source tree during development, inside the package once installed.
BUILD_DIR = next((path for path in [ROOT / "zhiliu" / "built"] if path.exists()), ROOT / "build" / "static")
BUILD_DIR.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BUILD_DIR]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
# Vite's names and those of icons/build.mjs: another content has another name.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/assets/[^/]+-[\w-]{8}\.\w+$"
DJANGO_VITE = {"default": {"dev_mode": False, "manifest_path": BUILD_DIR / "manifest.json"}}

MEDIA_ROOT = DATA_DIR / "files"
UPLOAD_MAX_BYTES = DECLARED.upload_max_mb * 1024 * 1024
# Request bodies in progress.
INCOMING_DIR = DATA_DIR / "incoming"
INCOMING_DIR.mkdir(exist_ok=True)
FILE_UPLOAD_TEMP_DIR = INCOMING_DIR
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
NCHAN_URL = DECLARED.nchan_url
WEBHOOK_PRIVATE_HOSTS = {part.strip() for part in DECLARED.webhook_private_hosts.split(",") if part.strip()}
SEARCH_DIR = DATA_DIR / "search"

DEFAULT_FROM_EMAIL = DECLARED.mail_from
SERVER_EMAIL = DECLARED.mail_from
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = "zhiliu.notifications.mail_backend.MailBackend"

# Inbound mail: the address pattern, and LMTP or IMAP.
MAIL_IN_ADDRESS = DECLARED.mail_in_address
MAIL_IN_MAX_BYTES = DECLARED.mail_in_max_mb * 1024 * 1024
LMTP_LISTEN = DECLARED.lmtp_listen
IMAP_HOST = DECLARED.imap_host
IMAP_PORT = DECLARED.imap_port
IMAP_USER = DECLARED.imap_user
IMAP_PASSWORD = DECLARED.imap_password.get_secret_value()
IMAP_SECURITY = DECLARED.imap_security
IMAP_FOLDER = DECLARED.imap_folder
IMAP_DONE_FOLDER = DECLARED.imap_done_folder

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": DECLARED.log_level},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
        "mail.log": {"level": "WARNING"},
    },
}
