"""What looks like personal data, by the names that CloudWatch Logs has for it."""

from __future__ import annotations

from collections.abc import Mapping

IDENTIFIERS: Mapping[str, tuple[str, ...]] = {
    "address": ("Address",),
    "bank_account": tuple(f"BankAccountNumber-{land}" for land in ("DE", "ES", "FR", "GB", "IT", "US")),
    "credit_card": ("CreditCardExpiration", "CreditCardNumber", "CreditCardSecurityCode"),
    "email": ("EmailAddress",),
    "identity_number": (
        "InseeCode-FR",
        "NationalIdentificationNumber-DE",
        "NationalIdentificationNumber-ES",
        "NationalIdentificationNumber-IT",
        "NationalInsuranceNumber-GB",
        "SocialInsuranceNumber-CA",
        "Ssn-ES",
        "Ssn-US",
    ),
    "ip_address": ("IpAddress",),
    "name": ("Name",),
    "passport": tuple(f"PassportNumber-{land}" for land in ("CA", "DE", "ES", "FR", "GB", "IT", "US")),
    "phone": tuple(f"PhoneNumber-{land}" for land in ("BR", "DE", "ES", "FR", "GB", "IT", "US")),
    "secret_key": (
        "AwsSecretKey",
        "OpenSshPrivateKey",
        "PgpPrivateKey",
        "PkcsPrivateKey",
        "PuttyPrivateKey",
    ),
    "tax_number": tuple(f"TaxId-{land}" for land in ("DE", "ES", "FR", "GB")),
}
"""Managed data identifiers by the blueprint's words (CloudWatch Logs guide, «Types of data», 2026-11)."""

PROTECTED_MASK = (
    "bank_account",
    "credit_card",
    "email",
    "identity_number",
    "passport",
    "phone",
    "secret_key",
)
"""What a protected environment masks that says nothing itself.

Names, addresses and IP addresses are left out: so much else looks like them that logs would be hard to read.
"""
