"""The admin of the shop app."""

from django.contrib import admin

from shop.models import Order


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin[Order]):
    """Orders."""

    list_display = ("title", "owner")
