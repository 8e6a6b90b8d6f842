"""Chinese dates: the long formats are Django's, the short one for lists and tables is 2026-11-29."""

SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
