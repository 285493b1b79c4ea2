"""The token endpoint: a service account's signed assertion for a bearer token, as Google's OAuth server does it."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.clock import Clock
from local.sandbox.exchange import Accepted, Judged, Refused, UnknownCodeError
from local.sandbox.http_server import Request, Response, json_response
from local.sandbox.modes import ModeName
from local.sandbox.records import CallFacts, ProviderName

PROJECT = "statline-laptop"
TOKEN_SECONDS = 3600
_SKEW_SECONDS = 300
"""How far the clock of whoever signed may run ahead."""
# google-auth signs for Google's own endpoint wherever token_uri leads; other libraries sign for token_uri.
_GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SCOPES = {
    "https://www.googleapis.com/auth/firebase.messaging",
    "https://www.googleapis.com/auth/cloud-platform",
}
_ACCOUNT_FILE = "service-account.json"
_STATUS = {
    "invalid_grant": 400,
    "invalid_request": 400,
    "invalid_scope": 400,
    "unsupported_grant_type": 400,
    "rate_limit_exceeded": 429,
    "internal_failure": 500,
    "temporarily_unavailable": 503,
}


@dataclass(frozen=True)
class ServiceAccount:
    """The account that may send for the project."""

    email: str
    key_id: str
    token_uri: str
    public_key: rsa.RSAPublicKey


def service_account(directory: Path, base_url: str) -> ServiceAccount:
    """Load `service-account.json` of a directory, or make it; its `token_uri` is set to this sandbox."""
    path = directory / _ACCOUNT_FILE
    content = json.loads(path.read_text()) if path.exists() else _new_account()
    content["token_uri"] = f"{base_url}/token"
    path.touch(mode=0o600)
    path.write_text(json.dumps(content, indent=2) + "\n")
    key = serialization.load_pem_private_key(content["private_key"].encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path}: private_key is not an RSA key; remove the file, and the next start makes a new one")
    return ServiceAccount(content["client_email"], content["private_key_id"], content["token_uri"], key.public_key())


def _new_account() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": secrets.token_hex(20),
        "private_key": pem.decode(),
        "client_email": f"push@{PROJECT}.iam.gserviceaccount.com",
        "client_id": "100000000000000000001",
    }


class BearerTokens:
    """The bearer tokens given out, each with its end in epoch seconds."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self._ends: dict[str, float] = {}

    def issue(self) -> str:
        """Make a token for the next hour."""
        token = f"ya29.{secrets.token_urlsafe(48)}"
        self._ends[token] = self._clock.time() + TOKEN_SECONDS
        return token

    def valid(self, authorization: str) -> bool:
        """Whether an Authorization header carries a token that was given out and has not ended."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and self._ends.get(token, 0.0) > self._clock.time()

    def expire_all(self) -> None:
        """End every token now."""
        self._ends.clear()


class _GrantError(Exception):
    """The assertion is not good for a token."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class TokenEndpoint:
    """`POST /token`."""

    name: ProviderName = "token"
    failures: Mapping[ModeName, str] = {
        "throttled": "rate_limit_exceeded",
        "error500": "internal_failure",
        "error503": "temporarily_unavailable",
    }

    def __init__(self, account: ServiceAccount, tokens: BearerTokens, clock: Clock | None = None) -> None:
        self._account = account
        self._clock = clock or Clock()
        self._tokens = tokens

    def judge(self, request: Request) -> Judged:
        """Check the assertion's signature, audience, issuer, life and scope."""
        facts = CallFacts(provider=self.name, operation="JwtGrant")
        try:
            self._check(request)
        except _GrantError as problem:
            return Judged(facts, _refusal(problem.code, problem.description))
        token = self._tokens.issue()
        return Judged(
            facts,
            Accepted(
                json_response(200, {"access_token": token, "expires_in": TOKEN_SECONDS - 1, "token_type": "Bearer"})
            ),
        )

    def refuse(self, code: str, retry_after: int, operation: str) -> Refused:
        """Make an OAuth error answer."""
        del operation
        if code not in _STATUS:
            raise UnknownCodeError(f"{code} is no error of the token endpoint; it knows {', '.join(_STATUS)}")
        headers = {"retry-after": str(retry_after)} if code == "rate_limit_exceeded" else {}
        return _refusal(code, "The sandbox was told to refuse.", headers)

    def _check(self, request: Request) -> None:
        form = parse_qs(request.body.decode("latin-1"))
        if form.get("grant_type") != [_GRANT]:
            raise _GrantError("unsupported_grant_type", f"grant_type must be {_GRANT}")
        try:
            claims = jwt.decode(
                form.get("assertion", [""])[0],
                self._account.public_key,
                algorithms=["RS256"],
                audience=[_GOOGLE_AUDIENCE, self._account.token_uri],
                issuer=self._account.email,
                # The library knows the machine's time only: the moments are looked at below.
                options={"require": ["exp", "iat", "iss", "aud"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as problem:
            raise _GrantError("invalid_grant", f"Invalid JWT: {problem}") from problem
        if not claims["iat"] - _SKEW_SECONDS <= self._clock.time() < claims["exp"]:
            raise _GrantError("invalid_grant", "Invalid JWT: it is not valid now")
        if claims["exp"] - claims["iat"] > TOKEN_SECONDS:
            raise _GrantError("invalid_grant", "Invalid JWT: it may live for one hour at most")
        if not _SCOPES & set(str(claims.get("scope", "")).split()):
            raise _GrantError("invalid_scope", "The scope must include firebase.messaging or cloud-platform")


def _refusal(code: str, description: str, headers: Mapping[str, str] | None = None) -> Refused:
    response: Response = json_response(_STATUS[code], {"error": code, "error_description": description}, headers)
    return Refused(code, response)
