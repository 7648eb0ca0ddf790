"""One side of a contract that a directory witnesses, on slixmpp.

`--side client` has a token issued, so that the directory knows it, and prints `{"known": JID}`. Told to go on (a line on its
standard input), it opens a contract with `--other`, waits for each message that tells it of a move, and prints it; once what
it ordered is delivered, it confirms that and prints its list. `--side provider` has a token issued, prints the same, accepts
what it is offered, and delivers.
"""

import argparse
import asyncio
import json
import ssl
import sys
import traceback

import slixmpp

CONTRACT = "urn:guildhall:contract:0"


def say(**what):
    print(json.dumps(what), flush=True)


class Party(slixmpp.ClientXMPP):
    def __init__(self, jid, password, directory, side, other):
        super().__init__(jid, password)
        self.directory = directory
        self.side = side
        self.other = other
        self.told = asyncio.Queue()
        for plugin in ("xep_0030", "xep_0004", "xep_0050"):
            self.register_plugin(plugin)
        self.add_event_handler("session_start", self.on_start)
        self.add_event_handler("message", self.on_message)

    async def on_start(self, _event):
        self.send_presence()
        try:
            await self.walk("token", {"task": "issue"}, {"scopes": ["read"], "days": "1"})
            say(known=self.boundjid.bare)
            if self.side == "client":
                await self.order()
            else:
                await self.work()
        except Exception:
            traceback.print_exc()
        finally:
            await self.disconnect()

    async def walk(self, node, *stages):
        """Goes through a command, one submitted form after the other."""
        answer = await self.command(node, None, "execute", None)
        for values in stages:
            actions = answer["actions"]
            action = "next" if "next" in actions else "complete"
            answer = await self.command(node, answer["sessionid"], action, values)
        return answer

    async def command(self, node, session, action, values):
        form = None
        if values is not None:
            form = self["xep_0004"].make_form(ftype="submit")
            for name, value in values.items():
                several = isinstance(value, list)
                form.add_field(var=name, ftype="text-multi" if several else "text-single", value=value)
        iq = await self["xep_0050"].send_command(
            self.directory, node, action=action, sessionid=session, payload=form
        )
        return iq["command"]

    def on_message(self, message):
        notice = message.xml.find(f"{{{CONTRACT}}}contract")
        if notice is not None:
            say(told=dict(notice.attrib), id=message["id"], thread=message["thread"], body=message["body"])
            self.told.put_nowait(dict(notice.attrib))

    async def until(self, move):
        while True:
            told = await self.told.get()
            if told["move"] == move:
                return told["id"]

    async def order(self):
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        wish = {"side": "client", "other": self.other, "terms": ["A logo,", "in blue."]}
        opened = (await self.walk("witness", wish))["form"].get_values()
        say(opened=opened)
        await self.until("deliver")
        done = await self.walk("contract", {"id": opened["id"]}, {"move": "complete"})
        whole = await self.walk("contracts", {"id": opened["id"]})
        rows = await self.walk("contracts", {"state": "completed"})
        say(
            done=done["form"].get_values()["state"],
            whole=whole["form"].get_values(),
            mine=[dict(row) for row in rows["form"]["items"]],
        )

    async def work(self):
        contract = await self.until("offer")
        accepted = await self.walk("contract", {"id": contract}, {"move": "accept"})
        said = {"text": ["Drawn,", "in blue."], "values": json.dumps({"url": "https://works.test/logo.svg"})}
        delivered = await self.walk("contract", {"id": contract}, {"move": "deliver"}, said)
        states = [step["form"].get_values()["state"] for step in (accepted, delivered)]
        await self.until("complete")
        say(states=states)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("jid", "password", "directory", "host", "port", "ca", "side", "other"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    client = Party(options.jid, options.password, options.directory, options.side, options.other)
    client.ca_certs = options.ca
    client.ssl_context.verify_mode = ssl.CERT_REQUIRED
    client.connect((options.host, int(options.port)))
    client.process(forever=False)
