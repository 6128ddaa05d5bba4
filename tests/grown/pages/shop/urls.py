"""URLs of the shop app."""

from django.urls import path

from shop import views

app_name = "shop"
urlpatterns = [
    path("", views.OrderList.as_view(), name="orders"),
    path("<int:pk>/", views.OrderDetail.as_view(), name="order"),
    path("newest/", views.newest_order, name="newest"),
    path("prices/", views.Prices.as_view(), name="prices"),
]
