"""Files people upload: content-addressed, their type found by content, served so that nothing in them can run as
script.

Words: file 文件, preview 预览.
"""
