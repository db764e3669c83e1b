"""The embedded Kafka as production should have it: TLS, SCRAM, and rights that are asked for."""

import datetime
import ipaddress
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from streams.embedded.kafka import EmbeddedKafka
from streams.embedded.server import HOST

MECHANISM = "SCRAM-SHA-512"
ADMIN = "admin"


class Authority:
    """A certificate authority of a test, and a server's certificate for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "authority.pem"
        self.server = folder / "server.pem"
        now = datetime.datetime.now(datetime.UTC)
        end = now + datetime.timedelta(days=1)
        key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
        own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        start = x509.CertificateBuilder().issuer_name(name).not_valid_before(now)
        authority = (
            start.subject_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        places = x509.SubjectAlternativeName(
            [x509.IPAddress(ipaddress.ip_address(HOST)), x509.DNSName("localhost")]
        )
        server = (
            start.subject_name(own)
            .public_key(server_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_after(end)
            .add_extension(places, critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        self.certificate.write_bytes(authority.public_bytes(pem))
        private = server_key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.server.write_bytes(private + server.public_bytes(pem) + authority.public_bytes(pem))


class SecuredKafka(EmbeddedKafka):
    """Every client needs a password and rights; the node talks to itself on ports of its own."""

    def __init__(self, data_dir: Path, authority: Authority, passwords: dict[str, str]) -> None:
        super().__init__(data_dir)
        self._authority = authority
        self._passwords = passwords

    def user(self, name: str) -> dict[str, Any]:
        """The settings of a user."""
        return {
            "bootstrap_servers": self.bootstrap_servers,
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": MECHANISM,
            "sasl_username": name,
            "sasl_password": self._passwords[name],
            "ssl_ca_location": str(self._authority.certificate),
        }

    def _client(self) -> dict[str, Any]:
        return {
            **super()._client(),
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": MECHANISM,
            "sasl.username": ADMIN,
            "sasl.password": self._passwords[ADMIN],
            "ssl.ca.location": str(self._authority.certificate),
        }

    def _port_names(self) -> tuple[str, ...]:
        return (*super()._port_names(), "internal")

    def _properties(self) -> dict[str, object]:
        internal = f"{HOST}:{self._ports['internal']}"
        controller = f"{HOST}:{self._ports['controller']}"
        login = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        return super()._properties() | {
            "listeners": f"SASL_SSL://{self.bootstrap_servers},INTERNAL://{internal},"
            f"CONTROLLER://{controller}",
            "listener.security.protocol.map": "SASL_SSL:SASL_SSL,INTERNAL:PLAINTEXT,"
            "CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "INTERNAL",
            "sasl.enabled.mechanisms": MECHANISM,
            f"listener.name.sasl_ssl.{MECHANISM.lower()}.sasl.jaas.config": login,
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self._authority.server),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            "super.users": f"User:{ADMIN};User:ANONYMOUS",
        }

    def _format_options(self) -> list[str]:
        return [
            f"--add-scram={MECHANISM}=[name={name},password={password}]"
            for name, password in self._passwords.items()
        ]
