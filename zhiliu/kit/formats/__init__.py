"""How dates are written where Django's own forms do not fit, one module a language; found by FORMAT_MODULE_PATH."""
