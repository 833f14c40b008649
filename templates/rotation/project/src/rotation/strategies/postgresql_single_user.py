"""The login of one user of PostgreSQL: the old password is dead when the new one works.

The user is made by the administrator that the value names in `masterarn`, if it names one.
"""

from __future__ import annotations

from rotation.databases import SingleUser, administrator_of
from rotation.postgresql import PostgreSQL
from rotation.steps import lambda_handler

handler = lambda_handler(lambda client: SingleUser(PostgreSQL(), administrator_of(client, None)))
