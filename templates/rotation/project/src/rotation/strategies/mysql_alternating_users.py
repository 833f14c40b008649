"""Two users of MySQL (on a fake only) in turn: the previous login works until the rotation after this one.

`ADMIN_SECRET_ARN` names the secret with the login that may make users.
"""

from __future__ import annotations

import os

from rotation.databases import AlternatingUsers, administrator_of
from rotation.mysql import MySQL
from rotation.steps import lambda_handler

handler = lambda_handler(
    lambda client: AlternatingUsers(MySQL(), administrator_of(client, os.environ.get("ADMIN_SECRET_ARN")))
)
