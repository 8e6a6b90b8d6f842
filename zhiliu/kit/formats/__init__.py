"""Date formats where Django's own do not fit, one module per language; found through FORMAT_MODULE_PATH."""
