"""Settings of the test runs: those of the product, on a database of their own."""

import hashlib
import os
import tempfile
from pathlib import Path

# Made per process, so that parallel workers and test servers never share files.
_DATA = Path(tempfile.mkdtemp(prefix="zhiliu-test-"))
os.environ["ZHILIU_DATA_DIR"] = str(_DATA)
os.environ.setdefault("ZHILIU_SECRET_KEY", "only-for-tests-0123456789-0123456789-0123456789")
if os.environ.get("ZHILIU_TEST_DATABASE") == "postgresql":
    os.environ["ZHILIU_DATABASE_URL"] = os.environ.get(
        "ZHILIU_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/zhiliu"
    )

from config.settings import *

# Hashing a password is slow on purpose; no test is about how slow.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    # A file, as in the product: a database in memory locks tables instead of waiting.
    DATABASES["default"]["TEST"] = {"NAME": str(_DATA / "test.sqlite3")}
    # Rows without ORDER BY come the other way round: whoever relies on their order fails here, not only on
    # PostgreSQL and only sometimes.
    DATABASES["default"]["OPTIONS"]["init_command"] += "; PRAGMA reverse_unordered_selects=ON"
else:
    # Named after this checkout: two runs on one machine use one server without meeting.
    _HERE = hashlib.sha256(str(Path(__file__).resolve()).encode()).hexdigest()[:8]
    DATABASES["default"]["TEST"] = {"NAME": f"test_zhiliu_{_HERE}"}
