"""Models of the shop app."""

from django.conf import settings
from django.db import models


class Order(models.Model):
    """An order of a user."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    title = models.CharField(max_length=100)
    ordered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-ordered_at"]

    def __str__(self) -> str:
        return self.title
