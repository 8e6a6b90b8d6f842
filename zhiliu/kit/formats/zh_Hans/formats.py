"""Chinese dates: the long forms are Django's, the short ones stand in lists and tables: 2026-11-29."""

SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
