"""Uploaded files: content-addressed, typed by content, served so that nothing in them can run as a script.

Words: file 文件, preview 预览.
"""
