"""Handle mails that become comments on needs and topics."""

from zhiliu.comments.reply_handlers import offers_comments_by_mail

offers_comments_by_mail("need")
offers_comments_by_mail("topic")
