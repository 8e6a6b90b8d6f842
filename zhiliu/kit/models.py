"""The one table of the bottom floor."""

from django.db import models


class Once(models.Model):
    """A form that was sent: sending it again answers as the first time instead of acting twice.

    Neither who sent it nor the time is kept, only the day: the form may have promised anonymity.
    """

    token = models.CharField(max_length=64, primary_key=True)
    location = models.CharField(max_length=500, blank=True)
    on = models.DateField(auto_now_add=True, db_index=True)
