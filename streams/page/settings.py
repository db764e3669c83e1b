"""Settings of the page."""

from pydantic import Field, SecretStr

from streams.setting_values import AddressList, PositiveSeconds, Secret, Section


class PageSettings(Section):
    """The page process: the built-in page, see page.md."""

    host: str = Field("", description="Address to listen on; empty: `http.host`.")
    token: Secret = Field(
        SecretStr(""), description="What people must know to look; empty: nothing."
    )
    identity_header: str = Field(
        "",
        description="Header in which a proxy that signs people in (OpenID Connect) names them, "
        "such as `X-Auth-Request-Email`: who comes with it needs no token; empty: none.",
    )
    proxies: AddressList = Field(
        "127.0.0.1,::1",
        description="Networks of that proxy, by commas: from elsewhere the header counts for "
        "nothing.",
    )
    hosts: str = Field(
        "",
        description="Names the page may be asked for by, without ports, by commas; empty: those "
        "of this machine alone while it listens there, else any.",
    )
    refresh_seconds: PositiveSeconds = Field(
        5, description="How often live pages ask anew, once for all who look at the same."
    )
