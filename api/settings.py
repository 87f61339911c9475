"""Settings of the service: environment variables that start with `GRADING_`, or files of secrets."""

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "GRADING_"
MIN_SECRET = 32
KEY_FILE = "secret-key"
MOST = 4
"""The default number of processes of a kind, where there are that many processors."""


class SettingsError(Exception):
    """The service can't start with these settings; `problems` says, in Chinese, what to set."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


class RunMode(StrEnum):
    """`local`: one machine, everything has a default. `production`: no secret and no address has one."""

    LOCAL = "local"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """The settings; `grading serve` fills what is missing in local mode only (see `load`)."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    mode: RunMode = RunMode.LOCAL
    data: Path = Path("grading-data")
    """Folder of the embedded database, the evidence files and, in local mode, the generated key."""
    database_url: SecretStr | None = None
    """SQLAlchemy URL: `sqlite:////var/lib/grading/grading.db` or `postgresql+psycopg://user:password@host/name`."""
    secret_key: SecretStr | None = None
    """At least 32 characters; keys the hashes of tokens, sessions and addresses."""
    public_url: Annotated[str | None, Field(pattern=r"^https?://[^/\s]+$")] = None
    """The address of the service for people, without a path: `https://grading.example.gov.cn`."""
    rulesets: Path | None = None
    """Folder of rulesets; the shipped ones if None."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    trusted_proxies: str = "127.0.0.1"
    """Addresses, joined by commas, whose `X-Forwarded-For` is believed."""
    stop_within: Annotated[int, Field(ge=1, le=600)] = 20
    """Seconds that running requests are given to finish when the service stops."""

    session_hours: Annotated[int, Field(ge=1, le=168)] = 12
    token_days: Annotated[int, Field(ge=1, le=730)] = 365
    """The longest that a token may be valid."""
    second_factor_required: bool = False
    """Bureaus and administrators have to set up a second factor before anything else."""
    oidc_issuer: Annotated[str | None, Field(pattern=r"^https?://\S+[^/\s]$")] = None
    """The organisation's identity provider (OpenID Connect) as it names itself; None: people sign in with passwords alone."""
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_login_claim: str = "preferred_username"
    """The claim that holds the name of a person's account: one that people can't choose themselves."""
    oidc_name: str = "统一身份认证"
    """The provider's name on the button."""
    upload_megabytes: Annotated[int, Field(ge=1, le=500)] = 30
    costly_per_minute: Annotated[int, Field(ge=1, le=10_000)] = 60
    """Requests a minute and actor to routes that compute much (simulation, reports, imports)."""
    processes: Annotated[int | None, Field(ge=1, le=64)] = None
    """Processes that answer requests: as many as the machine has processors, at most four, if None."""
    workers: Annotated[int | None, Field(ge=0, le=64)] = None
    """Processes that the service starts to do jobs (batches, archives): as many as the machine has processors, at most four, if
    None. 0: `grading worker` does them, on this or other machines."""
    batch_chunk: Annotated[int, Field(ge=1, le=20_000)] = 1_000
    """Audits of a batch that the columns grade at once."""
    engine_chunk: Annotated[int, Field(ge=1, le=1_000)] = 50
    """Audits of a batch that the engine concludes before it looks whether the batch is held."""
    heads: str | None = None
    """A second place for heads of the log: a file that lines are added to, or an address (https://…) that they are
    posted to."""
    smtp_host: str | None = None
    """The server that notices are mailed by; None: none are mailed."""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 25
    smtp_security: Annotated[str, Field(pattern=r"^(none|starttls|tls)$")] = "none"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] = "grading@localhost"
    """The sender of mailed notices."""
    appeal_days: Annotated[int | None, Field(ge=1, le=365)] = None
    """Days after publication within which a plant may appeal; later it has to say why. None: no deadline."""
    appeal_answer_days: Annotated[int | None, Field(ge=1, le=365)] = None
    """Days within which an appeal is to be answered. None: no deadline."""
    appeal_source: Annotated[str | None, Field(max_length=200)] = None
    """The document that sets these days; needed with them."""
    webhooks_private: bool = False
    """Webhooks may be sent to addresses of private networks, and without https."""
    public_list: bool = False
    """Published grades are shown to everyone at `/public`; reports lead there by their QR code if `public_url` is set."""
    log_level: Annotated[str, Field(pattern=r"^(debug|info|warning|error)$")] = "info"

    @field_validator("secret_key")
    @classmethod
    def is_long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse a key that could be guessed."""
        if value is not None and len(value.get_secret_value()) < MIN_SECRET:
            raise ValueError(f"至少需要 {MIN_SECRET} 个字符")
        return value

    @model_validator(mode="after")
    def has_its_source(self) -> Self:
        """Refuse days of appeals that no document sets."""
        if (self.appeal_days is not None or self.appeal_answer_days is not None) and not self.appeal_source:
            raise ValueError("设置申诉或答复的天数时，须在 GRADING_APPEAL_SOURCE 写明依据的文件")
        return self

    @property
    def production(self) -> bool:
        """True when the service runs for real."""
        return self.mode is RunMode.PRODUCTION

    @property
    def answering(self) -> int:
        """The number of processes that answer requests."""
        return self.processes if self.processes is not None else min(MOST, os.cpu_count() or 1)

    @property
    def working(self) -> int:
        """The number of processes that the service starts for jobs."""
        return self.workers if self.workers is not None else min(MOST, os.cpu_count() or 1)

    @property
    def evidence_folder(self) -> Path:
        """The folder of evidence files, by content hash."""
        return self.data / "evidence"

    @property
    def exports_folder(self) -> Path:
        """The folder of documents that were made for somebody to download."""
        return self.data / "exports"

    @property
    def known_head_file(self) -> Path:
        """The file that holds the last head of the log that was seen, outside of the database."""
        return self.data / "log-head.txt"

    @property
    def database(self) -> str:
        """The database's URL; raises SettingsError when there is none."""
        if self.database_url is None:
            raise SettingsError([_missing("database_url", WHAT["database_url"])])
        return self.database_url.get_secret_value()

    @property
    def key(self) -> bytes:
        """The secret key; raises SettingsError when there is none."""
        if self.secret_key is None:
            raise SettingsError([_missing("secret_key", WHAT["secret_key"])])
        return self.secret_key.get_secret_value().encode()


WHAT = {
    "database_url": "数据库地址，例如 postgresql+psycopg://用户:口令@主机/库名 或 sqlite:////var/lib/grading/grading.db",
    "secret_key": f"不少于 {MIN_SECRET} 个字符的随机密钥，可用 openssl rand -hex 32 生成",
    "public_url": "对外访问地址，须为 https，例如 https://grading.example.gov.cn",
    "data": "存放证据文件的目录（绝对路径）",
}


def load(**given: object) -> Settings:
    """The settings from the environment, `given` ones first.

    In local mode a missing database is `<data>/grading.db` and a missing key is generated once and kept in
    `<data>/secret-key`. In production nothing is filled in: raises SettingsError with everything that is missing or wrong.
    """
    try:
        settings = Settings(_secrets_dir=os.environ.get("CREDENTIALS_DIRECTORY"), **given)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = [f"{PREFIX}{'_'.join(str(p) for p in e['loc']).upper()}：{e['msg']}" for e in error.errors()]
        raise SettingsError(problems) from None
    if settings.oidc_issuer is not None:
        _refuse_half_a_provider(settings)
    if settings.production:
        _refuse_gaps(settings)
        return settings
    filled: dict[str, object] = {"data": settings.data.absolute()}
    if settings.database_url is None:
        filled["database_url"] = SecretStr(f"sqlite:///{settings.data.absolute() / 'grading.db'}")
    if settings.secret_key is None:
        filled["secret_key"] = SecretStr(_local_key(settings.data))
    return settings.model_copy(update=filled)


def _missing(name: str, what: str) -> str:
    return f"请设置 {PREFIX}{name.upper()}：{what}"


def _refuse_gaps(settings: Settings) -> None:
    problems = [_missing(name, what) for name, what in WHAT.items() if name not in settings.model_fields_set]
    if settings.public_url is not None and not settings.public_url.startswith("https://"):
        problems.append(_missing("public_url", WHAT["public_url"]))
    if "data" in settings.model_fields_set and not settings.data.is_absolute():
        problems.append(_missing("data", WHAT["data"]))
    if problems:
        raise SettingsError(problems)


def _refuse_half_a_provider(settings: Settings) -> None:
    required = {"oidc_client_id": "在统一身份认证登记的应用编号", "oidc_client_secret": "与应用编号一同发给的密钥"}
    problems = [_missing(name, what) for name, what in required.items() if not getattr(settings, name)]
    if settings.production and not str(settings.oidc_issuer).startswith("https://"):
        problems.append(_missing("oidc_issuer", "统一身份认证的地址，须为 https"))
    if problems:
        raise SettingsError(problems)


def _local_key(folder: Path) -> str:
    """The key of a local service, made on first use and readable by its owner only."""
    file = folder / KEY_FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as opened:
        key = secrets.token_hex(32)
        opened.write(key + "\n")
    return key
