"""What was learned, stored so that others find and use it.

Words: library 知识库, article 文章, draft 草稿, revision 版本, template 模板, review 复核, use 应用 ("I used this").
"""
