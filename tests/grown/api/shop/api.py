"""Orders in the API."""

from django.db.models import QuerySet
from rest_framework import routers, serializers, viewsets

from shop.models import Order


class OrderSerializer(serializers.ModelSerializer[Order]):
    """An order."""

    class Meta:
        model = Order
        fields = ("id", "title", "ordered_at")


class OrderViewSet(viewsets.ModelViewSet[Order]):
    """The orders of the user."""

    queryset = Order.objects.all()
    serializer_class = OrderSerializer

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.filter(owner=self.request.user.pk)

    def perform_create(self, serializer: serializers.BaseSerializer[Order]) -> None:
        serializer.save(owner_id=self.request.user.pk)


router = routers.DefaultRouter()
router.register("orders", OrderViewSet)
