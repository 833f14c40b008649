"""The countries that are known are those of the AWS library beside."""

from __future__ import annotations

import botocore.session

from platform_cli.blueprint.countries import KNOWN_COUNTRIES, MISTAKEN


def test_the_known_countries_are_those_of_aws_waf() -> None:
    waf = botocore.session.get_session().get_service_model("wafv2")
    assert set(waf.shape_for("CountryCode").enum) == KNOWN_COUNTRIES


def test_a_mistaken_code_is_none_and_its_right_one_is() -> None:
    assert not MISTAKEN.keys() & KNOWN_COUNTRIES
    assert set(MISTAKEN.values()) <= KNOWN_COUNTRIES
