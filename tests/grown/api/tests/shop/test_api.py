from accounts.models import User
from tests.token_auth.api import client, sign_in


def test_an_order_is_created_and_read(user: User) -> None:
    api = client(sign_in(user)["access"])

    made = api.post("/api/shop/orders/", {"title": "Tea"}, format="json")

    assert made.status_code == 201, made.content
    assert api.get(f"/api/shop/orders/{made.json()['id']}/").json()["title"] == "Tea"
    assert client().get("/api/shop/orders/").status_code == 401
