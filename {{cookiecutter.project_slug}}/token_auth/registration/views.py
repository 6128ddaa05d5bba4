"""The call that opens an account."""

from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services import signup
from token_auth.registration.serializers import RegistrationSerializer
from token_auth.serializers import DetailSerializer, checked
from token_auth.views import ERRORS, THROTTLED, PublicView, mail_is_on_its_way
from web.client_info import get_client_info


class RegisterView(PublicView):
    """Open an account."""

    @extend_schema(
        request=RegistrationSerializer, responses=ERRORS | THROTTLED | {202: DetailSerializer}
    )
    def post(self, request: Request) -> Response:
        """Open an account; the answer is the same whether the address was free or taken."""
        account = checked(RegistrationSerializer, request)
        try:
            signup.create_account(**account, client=get_client_info(request))
        except DjangoValidationError as error:
            raise ValidationError(error.message_dict) from None
        return mail_is_on_its_way()
