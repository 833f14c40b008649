"""Cognito user pools."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from platform_cli.blueprint.resolved import ResolvedIdentity
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import composite, pascal

ACCESS_TOKEN_MINUTES = 60
REFRESH_TOKEN_DAYS = 30
TEMPORARY_PASSWORD_DAYS = 7
_Pool = cognito.CfnUserPool
_MFA = {"off": "OFF", "optional": "OPTIONAL", "required": "ON"}
_VERIFIED = {"email": ["email"], "phone": ["phone_number"], "username": ["email"]}
_SIGN_IN = {"email": ["email"], "phone": ["phone_number"], "username": None}
_RECOVERY = {"email": "verified_email", "phone": "verified_phone_number", "username": "verified_email"}


class UserPool(Capability):
    """A user pool with its clients, scopes, machines and groups."""

    def __init__(self, stack: PlatformStack, identity: ResolvedIdentity) -> None:
        super().__init__(stack, f"Pool-{identity.name}", f"identity.{identity.name}")
        password = identity.password
        self._pool = _Pool(
            self,
            "Pool",
            user_pool_name=identity.physical_name,
            deletion_protection="ACTIVE" if stack.system.protect else "INACTIVE",
            admin_create_user_config=_Pool.AdminCreateUserConfigProperty(
                allow_admin_create_user_only=not identity.self_sign_up
            ),
            account_recovery_setting=_Pool.AccountRecoverySettingProperty(
                recovery_mechanisms=[
                    _Pool.RecoveryOptionProperty(name=_RECOVERY[identity.sign_in], priority=1)
                ]
            ),
            auto_verified_attributes=_VERIFIED[identity.sign_in],
            username_attributes=_SIGN_IN[identity.sign_in],
            username_configuration=_Pool.UsernameConfigurationProperty(case_sensitive=False),
            user_attribute_update_settings=_Pool.UserAttributeUpdateSettingsProperty(
                attributes_require_verification_before_update=_VERIFIED[identity.sign_in]
            ),
            mfa_configuration=_MFA[identity.mfa],
            enabled_mfas=None if identity.mfa == "off" else ["SOFTWARE_TOKEN_MFA"],
            policies=_Pool.PoliciesProperty(
                password_policy=_Pool.PasswordPolicyProperty(
                    minimum_length=password.min_length,
                    require_lowercase=password.lowercase,
                    require_numbers=password.numbers,
                    require_symbols=password.symbols,
                    require_uppercase=password.uppercase,
                    temporary_password_validity_days=TEMPORARY_PASSWORD_DAYS,
                )
            ),
            sms_configuration=self._text_messages(identity) if identity.sign_in == "phone" else None,
        )
        self.place(self._pool, f"Pool{pascal(identity.name)}", keeps_data=True)
        self._clients = {name: self._client(identity, name) for name in sorted(identity.clients)}
        servers = [self._server(identity, name) for name in sorted(identity.scopes)]
        self._machines = {name: self._machine(identity, name, servers) for name in sorted(identity.machines)}
        if identity.domain_prefix:
            domain = cognito.CfnUserPoolDomain(
                self, "Domain", domain=identity.domain_prefix, user_pool_id=self._pool.ref
            )
            self.place(domain, f"Domain{pascal(identity.name)}")
        for name in sorted(identity.groups):
            group = cognito.CfnUserPoolGroup(
                self, f"Group-{name}", group_name=name, user_pool_id=self._pool.ref
            )
            self.place(group, composite("Group", identity.name, name))

    @property
    def pool_id(self) -> str:
        """Id of the pool."""
        return self._pool.ref

    def client_id(self, name: str) -> str:
        """Id of a client."""
        return self._clients[name].ref

    def machine_id(self, name: str) -> str:
        """Id of a machine."""
        return self._machines[name].ref

    def _server(self, identity: ResolvedIdentity, name: str) -> cognito.CfnUserPoolResourceServer:
        server = cognito.CfnUserPoolResourceServer(
            self,
            f"Server-{name}",
            identifier=name,
            name=name,
            user_pool_id=self._pool.ref,
            scopes=[
                cognito.CfnUserPoolResourceServer.ResourceServerScopeTypeProperty(
                    scope_name=scope, scope_description=description
                )
                for scope, description in sorted(identity.scopes[name].items())
            ],
        )
        self.place(server, composite("Server", identity.name, name))
        return server

    def _machine(
        self,
        identity: ResolvedIdentity,
        name: str,
        servers: Sequence[cognito.CfnUserPoolResourceServer],
    ) -> cognito.CfnUserPoolClient:
        """A client that has a secret, and signs in as itself alone."""
        client = cognito.CfnUserPoolClient(
            self,
            f"Machine-{name}",
            client_name=name,
            user_pool_id=self._pool.ref,
            generate_secret=True,
            enable_token_revocation=True,
            prevent_user_existence_errors="ENABLED",
            # Without a list, Cognito would let it sign users in.
            explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"],
            allowed_o_auth_flows_user_pool_client=True,
            allowed_o_auth_flows=["client_credentials"],
            allowed_o_auth_scopes=list(identity.machines[name]),
            access_token_validity=ACCESS_TOKEN_MINUTES,
            token_validity_units=cognito.CfnUserPoolClient.TokenValidityUnitsProperty(access_token="minutes"),
        )
        for server in servers:
            client.add_dependency(server)
        self.place(client, composite("Machine", identity.name, name))
        return client

    def _client(self, identity: ResolvedIdentity, name: str) -> cognito.CfnUserPoolClient:
        client = cognito.CfnUserPoolClient(
            self,
            f"Client-{name}",
            client_name=name,
            user_pool_id=self._pool.ref,
            generate_secret=False,
            enable_token_revocation=True,
            # Otherwise a sign-in tells whether an account exists.
            prevent_user_existence_errors="ENABLED",
            explicit_auth_flows=[
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
                "ALLOW_USER_PASSWORD_AUTH",
                "ALLOW_USER_SRP_AUTH",
            ],
            access_token_validity=ACCESS_TOKEN_MINUTES,
            id_token_validity=ACCESS_TOKEN_MINUTES,
            refresh_token_validity=REFRESH_TOKEN_DAYS,
            token_validity_units=cognito.CfnUserPoolClient.TokenValidityUnitsProperty(
                access_token="minutes", id_token="minutes", refresh_token="days"
            ),
        )
        self.place(client, composite("Client", identity.name, name))
        return client

    def _text_messages(self, identity: ResolvedIdentity) -> cognito.CfnUserPool.SmsConfigurationProperty:
        """The right to send codes by text message.

        A telephone number is no resource of IAM, so the statement excludes what is one: no topic.
        """
        external_id = identity.physical_name
        role = iam.CfnRole(
            self,
            "TextMessages",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "cognito-idp.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {
                            "StringEquals": {
                                "aws:SourceAccount": self.stack.at.account,
                                "sts:ExternalId": external_id,
                            }
                        },
                    }
                ],
            },
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="text-messages",
                    policy_document={
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Sid": "NumbersOnly",
                                "Effect": "Allow",
                                "Action": ["sns:Publish"],
                                "NotResource": [f"arn:{self.stack.at.partition}:sns:*:*:*"],
                            }
                        ],
                    },
                )
            ],
        )
        self.place(role, f"TextMessages{pascal(identity.name)}")
        return _Pool.SmsConfigurationProperty(
            external_id=external_id, sns_caller_arn=role.attr_arn, sns_region=self.stack.system.region
        )
