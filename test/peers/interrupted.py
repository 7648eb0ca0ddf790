"""A client that loses its connection in the middle of a command, then talks to a directory that was started anew.

Prints "begun" when the directory may be started anew, goes on at a line of its standard input, and prints one JSON object.
"""

import argparse
import asyncio
import json
import ssl
import sys
import traceback

import slixmpp
from slixmpp.exceptions import IqError


class Interrupted(slixmpp.ClientXMPP):
    def __init__(self, jid, password, directory):
        super().__init__(f"{jid}/desk", password)
        self.directory = directory
        self.session = None
        for plugin in ("xep_0030", "xep_0004", "xep_0050"):
            self.register_plugin(plugin)
        self.add_event_handler("session_start", self.on_start)

    async def on_start(self, _event):
        self.send_presence()
        try:
            if self.session is None:
                self.session = (await self.command())["sessionid"]
                self.abort()
                return
            await self.go_on()
        except Exception:
            traceback.print_exc()
        await self.disconnect()

    async def go_on(self):
        resumed = await self.command(self.session, {"query": "nothing has such words"})
        begun = await self.command()
        print(json.dumps("begun"), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        try:
            await self.command(begun["sessionid"], {"query": ""})
            after = ["none", ""]
        except IqError as refused:
            after = [refused.iq["error"]["condition"], refused.iq["error"]["text"]]
        print(json.dumps({"resumed": resumed["status"], "after": after}), flush=True)

    async def command(self, session=None, values=None):
        form = None
        if values is not None:
            form = self["xep_0004"].make_form(ftype="submit")
            for name, value in values.items():
                form.add_field(var=name, value=value)
        action = "execute" if session is None else "next"
        iq = await self["xep_0050"].send_command(
            self.directory, "search", action=action, sessionid=session, payload=form
        )
        return iq["command"]


async def main(options):
    client = Interrupted(options.jid, options.password, options.directory)
    client.ca_certs = options.ca
    client.ssl_context.verify_mode = ssl.CERT_REQUIRED
    address = (options.host, int(options.port))
    client.connect(address)
    # The first connection is cut by the client itself; the second takes up the session.
    await client.disconnected
    client.connect(address)
    await client.disconnected


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("jid", "password", "directory", "host", "port", "ca"):
        parser.add_argument(f"--{name}", required=True)
    asyncio.get_event_loop().run_until_complete(main(parser.parse_args()))
