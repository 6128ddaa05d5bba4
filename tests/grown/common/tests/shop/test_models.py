from accounts.models import User
from shop.models import Order


def test_an_order_shows_its_title(user: User) -> None:
    assert str(Order.objects.create(owner=user, title="Tea")) == "Tea"
