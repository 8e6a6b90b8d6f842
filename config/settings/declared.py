"""Every setting of an installation, declared once.

Read from environment variables ``ZHILIU_<NAME>`` or from a TOML file (``ZHILIU_CONFIG``, else ``zhiliu.toml`` in the
working directory). The environment wins. ``docs/ops/settings.md`` lists the same settings for people; a test keeps the
two in sync.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX = "ZHILIU_"
# The signed part of a reply address takes up to 53 of the 64 characters allowed before the @.
MOST_BESIDE_TOKEN = 11


class BadSettings(SystemExit):
    """Start-up is refused: the message says which setting is wrong and what to set."""


class Declared(BaseSettings):
    """The declared settings with their defaults; a field's description is its documentation."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", env_ignore_empty=True)

    data_dir: Path = Field(Path("var"), description="Folder for the database, files, search index and secret key.")
    database_url: str = Field(
        "", description="PostgreSQL address (postgres://user:password@host/name). Empty: SQLite in data_dir."
    )
    redis_url: str = Field(
        "",
        description="Redis address for counters and presence. Empty: the database, and memory of the one web process.",
    )
    nchan_url: str = Field(
        "",
        description="Where nginx's nchan module takes what happens, when it holds the live streams. PostgreSQL only.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs sessions. Empty: made once and kept in data_dir/secret_key."
    )
    base_url: AnyHttpUrl = Field(
        AnyHttpUrl("http://127.0.0.1:8000"),
        description="The address people use; goes into links, mail and calendars. Not set: what an administrator sets "
        "on the page of the organisation.",
    )
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the server listens on.")
    allowed_hosts: str = Field("", description="Further host names, separated by commas, besides that of base_url.")
    language: Literal["zh-hans", "en"] = Field("zh-hans", description="Language for people who have not chosen one.")
    time_zone: str = Field("Asia/Shanghai", description="Time zone for people who have not chosen one.")
    demo: bool = Field(False, description="Sample company: sign in as anybody with one click. Never with real data.")
    debug: bool = Field(False, description="Show error details in the browser. Never in production.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    session_days: int = Field(30, ge=1, le=365, description="Days until a person has to sign in again.")
    session_idle_days: int = Field(
        14, ge=1, le=365, description="Days without use after which a person has to sign in again."
    )
    upload_max_mb: int = Field(25, ge=1, le=2048, description="Largest file that can be uploaded, in MiB.")
    smtp_host: str = Field(
        "",
        description="Mail server. Empty: the one an administrator sets on the page of mail; without either no mail "
        "goes out.",
    )
    smtp_port: int = Field(25, ge=1, le=65535, description="Port of the mail server.")
    smtp_user: str = Field("", description="User name at the mail server.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at the mail server.")
    smtp_security: Literal["none", "starttls", "tls"] = Field("none", description="Encryption to the mail server.")
    mail_from: str = Field("Zhiliu <zhiliu@localhost>", description="Sender of all mail.")
    mail_in_address: str = Field(
        "",
        description="How addresses look by which people answer by mail, with %s for the signed part: "
        "reply+%s@example.com. Empty: no mail comes in.",
    )
    mail_in_max_mb: int = Field(35, ge=1, le=200, description="Largest mail that is taken, in MiB as it is sent.")
    lmtp_listen: str = Field(
        "", description="Where the mail server hands mail over by LMTP, as host:port: 127.0.0.1:8024. Empty: nowhere."
    )
    imap_host: str = Field("", description="Server of a mailbox that is fetched every minute. Empty: none is.")
    imap_port: int = Field(993, ge=1, le=65535, description="Port of that server.")
    imap_user: str = Field("", description="User name at that server.")
    imap_password: SecretStr = Field(SecretStr(""), description="Password at that server.")
    imap_security: Literal["tls", "starttls", "none"] = Field("tls", description="Encryption to that server.")
    imap_folder: str = Field("INBOX", description="Folder in which mail arrives.")
    imap_done_folder: str = Field(
        "", description="Folder into which mail goes that was dealt with. Empty: it is marked as read and stays."
    )
    webhook_private_hosts: str = Field(
        "",
        description="Host names inside your network to which channels may send, separated by commas.",
    )
    behind_proxy: bool = Field(
        False, description="Trust X-Forwarded-Proto and X-Forwarded-For from a reverse proxy in front."
    )

    @field_validator("base_url")
    @classmethod
    def _without_a_path(cls, value: AnyHttpUrl) -> AnyHttpUrl:
        if (value.path or "/") != "/" or value.query or value.fragment:
            raise ValueError("must end behind the host: Zhiliu is not served below a path; give it a host of its own")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("no such time zone; write it like Asia/Shanghai")
        return value

    @field_validator("mail_in_address")
    @classmethod
    def _good_pattern(cls, value: str) -> str:
        local, at, domain = value.partition("@")
        if value and (local.count("%s") != 1 or not at or not domain or "@" in domain or "%" in domain):
            raise ValueError("must be an address with %s once before the @, like reply+%s@example.com")
        if len(local) > MOST_BESIDE_TOKEN + 2:
            raise ValueError(f"may have at most {MOST_BESIDE_TOKEN} characters besides %s before the @")
        return value

    @field_validator("lmtp_listen")
    @classmethod
    def _good_listen(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if value and (not host or not port.isdecimal() or not 0 < int(port) < 65536):
            raise ValueError("must be host:port, like 127.0.0.1:8024")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("postgres://", "postgresql://")):
            raise ValueError("must start with postgres:// or postgresql://, or be left empty for SQLite")
        return value

    @field_validator("nchan_url")
    @classmethod
    def _nchan_needs_postgresql(cls, value: str, info: ValidationInfo) -> str:
        if value and not info.data.get("database_url"):
            raise ValueError("needs PostgreSQL: set ZHILIU_DATABASE_URL too, or leave it empty")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        path = Path(os.environ.get(f"{PREFIX}CONFIG", "zhiliu.toml"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=path)


def read() -> Declared:
    """Read and check all settings.

    Raises:
        BadSettings: with one line per wrong setting, naming the variable to set.
    """
    try:
        return Declared()
    except ValidationError as error:
        raise BadSettings(_explain(error)) from None


def _explain(error: ValidationError) -> str:
    lines = ["Zhiliu cannot start; these settings are wrong:"]
    for problem in error.errors():
        name = PREFIX + str(problem["loc"][0]).upper()
        lines.append(f"  {name}: {problem['msg']} (is {problem.get('input')!r})")
    lines.append("All settings are explained in docs/ops/settings.md.")
    return "\n".join(lines)


def secret_key(declared: Declared) -> str:
    """Return the signing key: the declared one, else one generated once and readable by its owner only."""
    if declared.secret_key.get_secret_value():
        return declared.secret_key.get_secret_value()
    path = declared.data_dir / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        return _keep_new_key(path)


def _keep_new_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Race: of two processes starting at once, O_EXCL lets one write the key; the other reads it.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()
