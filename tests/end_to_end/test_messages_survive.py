"""Messages that a service could not take survive a power cut of the bot."""

import signal

from tests.support.running import free_port, running, simulated_config
from tests.support.sink import sink, telegram, telegram_settings


async def test_after_sigkill_what_a_service_had_not_taken_is_sent(tmp_path):
    port = free_port()
    async with telegram() as server:
        section = {key.partition(".")[2]: value for key, value in telegram_settings(server).items()}
        webhook = {
            "enabled": True,
            "url": f"http://127.0.0.1:{port}/hook",
            "format": "json",
            "status": {"text": "{status}"},
            "startup": {"text": "{status}"},
        }
        config = simulated_config(free_port(), telegram=section, webhook=webhook)
        async with running(tmp_path, config, "--strategy", "SampleStrategy") as program:
            await server.until(lambda: any("SampleStrategy" in text for text in server.texts))
            assert (await program.post("pause"))["status"].startswith("paused")
            await server.until(lambda: any(text.endswith("paused") for text in server.texts))
            await program.end(signal.SIGKILL)

            async with sink(port) as taking:
                await program.start()
                await taking.until(lambda: len(taking.posts) >= 5)
                told = [body["text"] for body in taking.json]
            assert [told[0], told[2]] == ["running", "paused"]
            assert told.count("running") == 2
            assert len({headers["Idempotency-Key"] for headers, _ in taking.posts}) == len(told)
            await server.write("/version")
            await server.until(lambda: any("<b>Version:</b>" in text for text in server.texts))
            assert await program.end(signal.SIGTERM) == 0
        assert "Traceback" not in program.output
        assert server.url not in program.output
