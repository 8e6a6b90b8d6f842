"""Evening sharing (晚间分享): a guest shares in a channel in text, pictures and voice; then there are questions.

The gathering owns the evening and drives the channel: timed announcements from a run sheet (流程单), then the guest's
part, in which only guest and host write and everybody else uses a thread, then questions by votes. All messages from
first to last go into the deposit.
"""
