"""The one table of the bottom floor."""

from django.db import models


class Once(models.Model):
    """A form that was sent: sending it again answers as the first time instead of acting twice."""

    token = models.CharField(max_length=64, primary_key=True)
    person_id = models.BigIntegerField(null=True)
    location = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
