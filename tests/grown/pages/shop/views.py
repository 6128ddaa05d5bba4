"""Views of the shop app."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.generic import DetailView, ListView, TemplateView

from shop.models import Order


class OrderList(ListView[Order]):
    """The orders of the user."""

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.filter(owner=self.request.user.pk)


class OrderDetail(DetailView[Order]):
    """An order of the user."""

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.filter(owner=self.request.user.pk)


@method_decorator(login_not_required, name="dispatch")
class Prices(TemplateView):
    """A public page."""

    template_name = "shop/prices.html"


def newest_order(request: HttpRequest) -> HttpResponse:
    """Show the title of the newest order."""
    order = Order.objects.filter(owner=request.user.pk).last()
    return HttpResponse(order.title if order else "None yet", content_type="text/plain")
