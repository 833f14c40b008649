"""Two users of MySQL (on a fake only) in turn: the previous login works until the rotation after this one.

The variable that `ADMIN_SECRET_VARIABLE` names, or `ADMIN_SECRET_ARN`, holds the ARN of the secret with the
login that may make users.
"""

from __future__ import annotations

import os

from rotation.databases import AlternatingUsers, administrator_of
from rotation.mysql import MySQL
from rotation.steps import lambda_handler

VARIABLE = os.environ.get("ADMIN_SECRET_VARIABLE") or "ADMIN_SECRET_ARN"

handler = lambda_handler(
    lambda client: AlternatingUsers(MySQL(), administrator_of(client, os.environ.get(VARIABLE)))
)
