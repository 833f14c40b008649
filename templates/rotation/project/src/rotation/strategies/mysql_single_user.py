"""The login of one user of MySQL (on a fake only): the old password is dead when the new one works."""

from __future__ import annotations

from rotation.databases import SingleUser
from rotation.mysql import MySQL
from rotation.steps import lambda_handler

handler = lambda_handler(lambda _: SingleUser(MySQL()))
