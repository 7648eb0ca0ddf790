"""A client that subscribes to a query and to the news, and prints each thing that it is told as a line of JSON.

Prints `{"ready": ...}` once both are subscribed. After `--count` matches and as many news it reads the last news back, lists
and cancels what it has, prints that, and ends.
"""

import argparse
import asyncio
import json
import ssl
import traceback

import slixmpp

NEWS = "urn:guildhall:news:0"
NOTICE = "urn:guildhall:subscription:0"
DATA = "jabber:x:data"


def say(**what):
    print(json.dumps(what), flush=True)


class Subscriber(slixmpp.ClientXMPP):
    def __init__(self, jid, password, directory, query, count):
        super().__init__(jid, password)
        self.directory = directory
        self.query = query
        self.count = count
        self.matches = 0
        self.news = 0
        self.enough = asyncio.Event()
        for plugin in ("xep_0030", "xep_0004", "xep_0050", "xep_0059", "xep_0060"):
            self.register_plugin(plugin)
        self.add_event_handler("session_start", self.on_start)
        self.add_event_handler("message", self.on_message)
        self.add_event_handler("pubsub_publish", self.on_news)

    async def on_start(self, _event):
        self.send_presence()
        try:
            begun = await self.command("subscribe")
            shown = await self.command("subscribe", begun["sessionid"], "next", {"query": self.query, "days": "2"})
            done = await self.command("subscribe", begun["sessionid"], "complete")
            subscribed = await self["xep_0060"].subscribe(self.directory, NEWS)
            say(
                ready=done["form"].get_values(),
                shown=len(shown["form"]["items"]),
                news=subscribed["pubsub"]["subscription"]["subscription"],
            )
            await self.enough.wait()
            await self.finish()
        except Exception:
            traceback.print_exc()
        finally:
            await self.disconnect()

    async def command(self, node, session=None, action="execute", values=None):
        form = None
        if values is not None:
            form = self["xep_0004"].make_form(ftype="submit")
            for name, value in values.items():
                form.add_field(var=name, ftype="text-multi" if isinstance(value, list) else "text-single", value=value)
        iq = await self["xep_0050"].send_command(
            self.directory, node, action=action, sessionid=session, payload=form
        )
        return iq["command"]

    def on_message(self, message):
        notice = message.xml.find(f"{{{NOTICE}}}notice")
        if notice is None:
            return
        found = message.xml.find(f"{{{DATA}}}x")
        form = self["xep_0004"].stanza.Form(found).get_values() if found is not None else {}
        self.matches += 1
        say(
            told=dict(notice.attrib),
            id=message["id"],
            type=message["type"],
            body=message["body"],
            name=form.get("name"),
        )
        self.check()

    def on_news(self, message):
        item = message["pubsub_event"]["items"]["item"]
        self.news += 1
        say(news=item["id"], change=dict(item["payload"].attrib))
        self.check()

    def check(self):
        if self.matches >= self.count and self.news >= self.count:
            self.enough.set()

    async def finish(self):
        items = await self["xep_0060"].get_items(self.directory, NEWS, max_items=2)
        kept = await self["xep_0060"].get_subscriptions(self.directory)
        begun = await self.command("subscriptions")
        listed = await self.command("subscriptions", begun["sessionid"], "next", {"task": "list"})
        own = [dict(row) for row in listed["form"]["items"]]
        begun = await self.command("subscriptions")
        await self.command("subscriptions", begun["sessionid"], "next", {"task": "cancel"})
        cancelled = await self.command(
            "subscriptions", begun["sessionid"], "complete", {"subscriptions": [row["id"] for row in own]}
        )
        await self["xep_0060"].unsubscribe(self.directory, NEWS)
        say(
            last=[item["id"] for item in items["pubsub"]["items"]],
            subscriptions=[sub["node"] for sub in kept["pubsub"]["subscriptions"]],
            own=own,
            cancelled=[list(note) for note in cancelled["notes"]],
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("jid", "password", "directory", "host", "port", "ca", "query", "count"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    client = Subscriber(
        options.jid, options.password, options.directory, options.query, int(options.count)
    )
    client.ca_certs = options.ca
    client.ssl_context.verify_mode = ssl.CERT_REQUIRED
    client.connect((options.host, int(options.port)))
    client.process(forever=False)
