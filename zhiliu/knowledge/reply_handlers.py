"""Handle mails that become comments on articles."""

from zhiliu.comments.reply_handlers import offers_comments_by_mail

offers_comments_by_mail("article")
