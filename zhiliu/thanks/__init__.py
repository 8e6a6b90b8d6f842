"""Thanks from person to person, with a reason.

Word: thanks 感谢.
"""
