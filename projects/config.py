"""Settings: where they come from, and what a served process refuses.

`INSTANCE_PATH` (folder of database, key and uploads; default `instance/` beside wsgi.py) and `DATABASE_URL` isolate a
run completely. `SECRET_KEY` overrides the generated key file; `TRUSTED_HOSTS` (comma-separated) limits the host names
answered; `SECURE_COOKIES=1` behind TLS; `PROXY_COUNT` says how many proxies of our own stand in front, whose word about
the client's address and scheme is taken (docs/operations/deploy.md).
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Any

from projects.core.errors import ConfigError
from projects.core.text import N_

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "projects" / "data"  # facts with their source, shipped with the product
KEY_BYTES = 32
SHORTEST_HISTORY = 184
KNOWN_KEYS = frozenset({"dev", "development", "secret", "changeme", "change-me", "default", "test"})


def instance_path() -> Path:
    """The folder of this installation's own files."""
    return Path(os.environ.get("INSTANCE_PATH") or ROOT / "instance").resolve()


def load(overrides: dict[str, Any]) -> dict[str, Any]:
    """All settings, environment first, then `overrides`; reads the key file but makes nothing."""
    instance = Path(overrides.get("INSTANCE_PATH") or instance_path())
    url = overrides.get("DATABASE_URL") or os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'projects.sqlite'}"
    hosts = [host.strip() for host in os.environ.get("TRUSTED_HOSTS", "").split(",") if host.strip()]
    secure = (
        os.environ.get("SECURE_COOKIES") == "1"
        if "SECURE_COOKIES" not in overrides
        else bool(overrides["SECURE_COOKIES"])
    )
    settings: dict[str, Any] = {
        "INSTANCE_PATH": str(instance),
        "DATABASE_URL": url,
        "SQLALCHEMY_DATABASE_URI": url,
        "SECRET_KEY": os.environ.get("SECRET_KEY") or read_key(instance),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_NAME": "__Host-tracker" if secure else "tracker",
        "PROXY_COUNT": proxies(os.environ.get("PROXY_COUNT", "0")),
        "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "STORAGE_URL": os.environ.get("STORAGE_URL", ""),
        "TRUSTED_HOSTS": hosts or None,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "COMPRESS_ALGORITHM": [
            "zstd",
            "gzip",
        ],  # browsers ask for the first over TLS only; a quarter of the time and a fifth fewer bytes
        "COMPRESS_LEVEL": 4,
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/css",
            "text/csv",
            "text/javascript",
            "application/json",
            "image/svg+xml",
        ],
        "BACKUP_COPY": os.environ.get("BACKUP_COPY", ""),
        "BACKUP_PASSPHRASE_FILE": os.environ.get("BACKUP_PASSPHRASE_FILE", ""),
        "PG_BIN": os.environ.get("PG_BIN", ""),
        "AUDIT_KEY": os.environ.get("AUDIT_KEY"),
        "AUDIT_HASH": os.environ.get("AUDIT_HASH", "sha256"),
        "AUDIT_KEEP_DAYS": kept_days(os.environ.get("AUDIT_KEEP_DAYS", "1096")),
    }
    return settings | overrides


def kept_days(text: str) -> int:
    """How long the history is kept at least; ConfigError below 184 days, which is six months however long they are (网
    络安全法). Rule HI-7.
    """
    days = int(text) if text.isascii() and text.isdigit() else 0
    if days < SHORTEST_HISTORY:
        raise ConfigError(
            N_("AUDIT_KEEP_DAYS 是“%(text)s”: 审计记录至少保存 %(days)s 天, 请改为不小于它的整数"),
            text=text[:20],
            days=SHORTEST_HISTORY,
        )
    return days


def proxies(text: str) -> int:
    """How many proxies stand in front; ConfigError for what is no small number."""
    if not (text.isascii() and text.isdigit() and len(text) == 1):
        raise ConfigError(N_("PROXY_COUNT 是“%(text)s”: 请写前面有几层自己的反向代理, 0 到 9"), text=text[:20])
    return int(text)


def key_file(instance: Path) -> Path:
    """Where the generated key lies."""
    return instance / "secret_key"


def read_key(instance: Path) -> str | None:
    """The generated key, or None before `make_key`."""
    path = key_file(instance)
    return path.read_text(encoding="ascii").strip() if path.exists() else None


def make_key(instance: Path) -> None:
    """Generate the key once, readable by its owner only; safe when two processes start at the same time."""
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    instance.chmod(0o700)
    try:
        handle = os.open(key_file(instance), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES))


def check_serving(settings: dict[str, Any], *, debug: bool) -> None:
    """Raise ConfigError unless this set-up may be served: no debug mode, a real key, secrets that only their owner
    reads.
    """
    key = settings.get("SECRET_KEY") or ""
    if debug or os.environ.get("FLASK_DEBUG", "0") not in {"", "0", "false"}:
        raise ConfigError(N_("调试模式不能对外服务: 请去掉 FLASK_DEBUG 后重新启动"))
    if len(key) < KEY_BYTES or key.lower() in KNOWN_KEYS or len(set(key)) < 8:
        raise ConfigError(
            N_("密钥缺失或过于简单: 请运行 projects init 生成密钥, 或把 SECRET_KEY 设为至少 32 位随机字符")
        )
    instance = Path(settings["INSTANCE_PATH"])
    for path in (instance, key_file(instance), instance / "audit_key", *instance.glob("*.sqlite*")):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigError(N_("%(path)s 可被其他用户读取: 请运行 chmod go-rwx %(path)s"), path=str(path))
