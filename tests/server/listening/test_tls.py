"""TLS of our own: real handshakes with certificates of an authority that the test makes."""

import asyncio
import contextlib
import ssl
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import trustme

from appliance.client import AsyncRestClient, NoAnswer, RestClient
from appliance.client.trust import Trust
from appliance.config.sections.server import TlsSettings
from appliance.domain.errors import ConfigurationError
from appliance.server import app as app_module
from appliance.server.app import create_app
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.listening import accept
from appliance.server.listening.connection_slots import SlotLimits
from appliance.server.listening.listener import serve
from appliance.server.listening.tls import Certificate
from tests.support.serving import PASSWORD, USER, WS_TOKENS, server_settings


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def files(tmp_path: Path, authority: trustme.CA) -> TlsSettings:
    """A certificate for 127.0.0.1 with its key, and the authority's own in `ca.pem`."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    write(tmp_path, authority.issue_cert("127.0.0.1"))
    return TlsSettings(certificate=str(tmp_path / "bot.pem"), key=str(tmp_path / "bot.key"))


def write(folder: Path, issued: trustme.LeafCert) -> None:
    (folder / "bot.pem").write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(folder / "bot.key"))


@asynccontextmanager
async def serving(tls: TlsSettings, stage=None):
    app = create_app(server_settings(tls={"certificate": tls.certificate, "key": tls.key}), log_buffer=None)
    runner = await serve(app, "127.0.0.1", 0)
    if stage is not None:
        app[BOT_SLOT].bot = stage.bot
    try:
        yield f"https://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_rest_dashboard_and_websocket_over_tls(files, stage, tmp_path):
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    async with (
        serving(files, stage) as url,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session,
    ):
        async with session.get(f"{url}/api/v1/ping") as answer:
            assert await answer.json() == {"status": "pong"}
            assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        async with session.get(f"{url}/login") as page:
            assert page.status == 200
            assert all("; Secure" in cookie for cookie in page.headers.getall("Set-Cookie"))
        async with session.ws_connect(f"{url}/api/v1/message/ws?token={WS_TOKENS[0]}") as socket:
            await socket.send_json({"type": "whitelist"})
            assert (await socket.receive_json())["type"] == "whitelist"


async def test_our_client_trusts_the_given_authority_or_the_exact_certificate(files, stage, tmp_path):
    async with serving(files, stage) as url:
        for trust in (Trust(str(tmp_path / "ca.pem")), Trust(files.certificate, pinned=True)):
            async with AsyncRestClient(url, USER, PASSWORD, trust=trust) as client:
                assert (await client.version())["version"]
        by_name = url.replace("127.0.0.1", "localhost")  # the certificate names the address only
        async with AsyncRestClient(
            by_name, USER, PASSWORD, trust=Trust(files.certificate, pinned=True)
        ) as client:
            assert (await client.version())["version"]
        for stranger in (Trust(), Trust(another(tmp_path), pinned=True)):
            async with AsyncRestClient(url, USER, PASSWORD, trust=stranger) as client:
                with pytest.raises(NoAnswer, match=r"not trusted.*--cafile"):
                    await client.version()


def another(folder: Path) -> str:
    file = folder / "another.pem"
    trustme.CA().issue_cert("127.0.0.1").cert_chain_pems[0].write_to_path(str(file))
    return str(file)


def test_a_file_without_a_certificate_is_reported_before_anything_is_sent(tmp_path):
    (tmp_path / "none.pem").write_text("nothing")
    with pytest.raises(Exception, match=r"none\.pem: no certificate in it: give a file"):
        RestClient("https://127.0.0.1:1", trust=Trust(str(tmp_path / "none.pem")))


def test_a_renewed_certificate_is_taken_over_once(files, tmp_path, authority):
    certificate = Certificate(files)
    assert certificate.is_renewed() is False
    write(tmp_path, authority.issue_cert("127.0.0.1", "renewed.example.org"))
    assert certificate.is_renewed() is True
    assert certificate.is_renewed() is False


def test_what_does_not_fit_together_is_reported_once_and_the_old_one_stays(files, tmp_path, authority):
    certificate = Certificate(files)
    authority.issue_cert("127.0.0.1").private_key_pem.write_to_path(files.key)
    with pytest.raises(ConfigurationError, match=r'api_server\.tls\.key: expected the key of ".*bot\.pem"'):
        certificate.is_renewed()
    assert certificate.is_renewed() is False  # told once, not again and again
    Path(files.key).unlink()
    with pytest.raises(ConfigurationError, match=r"api_server\.tls\.key: .*No such file"):
        certificate.is_renewed()


async def test_new_connections_get_the_renewed_one_while_old_ones_continue(
    files, tmp_path, authority, monkeypatch
):
    monkeypatch.setattr(Certificate.follow, "__defaults__", (0.01,))
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    async with serving(files) as url:
        early = await connection(url, context)
        assert names(early) == ["127.0.0.1"]
        assert b"pong" in await ping(early)
        write(tmp_path, authority.issue_cert("127.0.0.1", "renewed.example.org"))
        while "renewed.example.org" not in names(late := await connection(url, context)):
            late[1].close()
        assert b"pong" in await ping(late)
        assert b"pong" in await ping(early)  # the connection of before goes on
        early[1].close()
        late[1].close()


async def connection(url: str, context: ssl.SSLContext):
    return await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]), ssl=context)


def names(streams) -> list[str]:
    """Return the names of the certificate that a connection was made with."""
    return sorted(name for _, name in streams[1].get_extra_info("peercert")["subjectAltName"])


async def ping(streams) -> bytes:
    reader, writer = streams
    writer.write(b"GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    return await reader.readuntil(b"}")


@pytest.mark.parametrize(
    ("certificate", "key", "told"),
    [
        ("", "bot.key", r"api_server\.tls\.certificate: missing"),
        ("bot.pem", "", r"api_server\.tls\.key: missing"),
        (
            "bot.pem",
            "nowhere.key",
            r'tls\.key: expected a file that can be read, found ".*nowhere\.key": No such',
        ),
        ("bot.key", "bot.key", r"tls\.certificate: expected a certificate in PEM format, found none in"),
        ("bot.pem", "ca.pem", r"tls\.key: expected a private key in PEM format, found none in"),
    ],
)
async def test_wrong_files_are_reported_by_their_key(files, tmp_path, certificate, key, told):
    wrong = TlsSettings(
        certificate=certificate and str(tmp_path / certificate), key=key and str(tmp_path / key)
    )
    with pytest.raises(ConfigurationError, match=told):
        async with serving(wrong):
            pass


@pytest.mark.parametrize("hello", [b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\n\r\n"])
async def test_handshakes_half_done_take_few_slots(files, tmp_path, monkeypatch, hello):
    monkeypatch.setattr(
        app_module, "slot_limits", lambda: SlotLimits(silent=6, unauthenticated=6, authenticated=6)
    )
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    async with serving(files) as url:
        port = int(url.rpartition(":")[2])
        opened = []
        for _ in range(30):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(hello)
            opened.append(writer)
        await asyncio.sleep(0.1)
        streams = await connection(url, context)
        assert b"pong" in await ping(streams)
        for writer in opened:
            writer.close()
        streams[1].close()


async def test_a_handshake_has_its_time(files, monkeypatch):
    monkeypatch.setattr(accept, "HANDSHAKE_SECONDS", 0.2)
    async with serving(files) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"\x16\x03\x01")
        with contextlib.suppress(ConnectionError):
            assert not await asyncio.wait_for(reader.read(), 10)
        writer.close()
