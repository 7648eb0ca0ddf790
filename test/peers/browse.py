"""A client that knows only standards: walks the directory's tree to a specialist and calls it, then asks in every other way.

Prints one JSON object of all that it saw.
"""

import argparse
import json
import ssl
import traceback

import slixmpp
from slixmpp.xmlstream import ET

AGENTS = "jabber:iq:agents"
RSM = "http://jabber.org/protocol/rsm"


class Browser(slixmpp.ClientXMPP):
    def __init__(self, jid, password, directory, wanted):
        super().__init__(jid, password)
        self.directory = directory
        self.wanted = wanted
        for plugin in ("xep_0030", "xep_0004", "xep_0050", "xep_0059"):
            self.register_plugin(plugin)
        self.register_plugin("xep_0055", {"provide_search": False})
        self.add_event_handler("session_start", self.on_start)

    async def on_start(self, _event):
        self.send_presence()
        try:
            seen = {
                "features": sorted((await self.info(self.directory, None))["features"]),
                "walk": await self.walk(),
                "backwards": await self.backwards(),
                "search": await self.search(),
                "show": await self.show(),
                "match": await self.match(),
                "status": await self.status(),
                "jud": await self.jud(),
                "agents": await self.agents(),
            }
            print(json.dumps(seen), flush=True)
        except Exception:
            traceback.print_exc()
        finally:
            await self.disconnect()

    async def info(self, jid, node):
        iq = await self["xep_0030"].get_info(jid=jid, node=node, local=False, cached=False)
        return iq["disco_info"]

    def form_in(self, parent):
        return self["xep_0004"].stanza.Form(parent.xml.find("{jabber:x:data}x"))

    async def items(self, jid, node):
        """All items, page by page."""
        pages = await self["xep_0030"].get_items(jid=jid, node=node, local=False, iterator=True)
        pages.amount = 2
        return [item async for page in pages for item in page["disco_items"]["items"]]

    async def walk(self):
        """Follows items from the root to the wanted listing, then to the specialist, and calls it."""
        root = await self.items(self.directory, None)
        shelf = next(item for item in root if item[1] == "tags")
        values = await self.items(shelf[0], shelf[1])
        value = next(item for item in values if item[1] == f"tags/{self.wanted['tag']}")
        for jid, node, name in await self.items(value[0], value[1]):
            info = await self.info(jid, node)
            fields = self.form_in(info).get_values()
            if fields["name"] == self.wanted["name"]:
                break
        [(agent, command, called)] = await self.items(jid, node)
        specialist = await self.info(agent, command)
        first = await self["xep_0050"].send_command(agent, command)
        filled = self["xep_0004"].make_form(ftype="submit")
        filled.add_field(var="amount", value="3")
        last = await self["xep_0050"].send_command(
            agent, command, action="complete", payload=filled, sessionid=first["command"]["sessionid"]
        )
        return {
            "root": [item[1] for item in root],
            "values": [item[1] for item in values],
            "listing": node,
            "name": name,
            "fields": fields,
            "item": [agent, command, called],
            "identities": sorted(identity[:2] for identity in specialist["identities"]),
            "asked": [field["var"] for field in first["command"]["form"].get_fields().values()],
            "status": last["command"]["status"],
        }

    async def backwards(self):
        """The values of a shelf from its end."""
        pages = await self["xep_0030"].get_items(jid=self.directory, node="tags", local=False, iterator=True)
        pages.amount = 1
        pages.reverse = True
        return [item[1] async for page in pages for item in page["disco_items"]["items"]]

    async def command(self, node, session=None, action="execute", values=None):
        form = None
        if values is not None:
            form = self["xep_0004"].make_form(ftype="submit")
            for name, value in values.items():
                multiple = isinstance(value, list)
                form.add_field(var=name, ftype="text-multi" if multiple else "text-single", value=value)
        iq = await self["xep_0050"].send_command(
            self.directory, node, action=action, sessionid=session, payload=form
        )
        answer = iq["command"]
        table = answer["form"] if answer.xml.find("{jabber:x:data}x") is not None else None
        return {
            "session": answer["sessionid"],
            "status": answer["status"],
            "actions": sorted(answer["actions"]),
            "notes": [list(note) for note in answer["notes"]],
            "reported": list(table["reported"]) if table is not None else [],
            "rows": [dict(item) for item in table["items"]] if table is not None else [],
            "values": table.get_values() if table is not None else {},
        }

    async def search(self):
        """Goes wrong, goes right, and goes through the pages."""
        begun = await self.command("search")
        session = begun["session"]
        wrong = await self.command("search", session, "next", {"query": "colour:red", "max": "9999"})
        mistaken = await self.command("search", session, "next", {"query": "colour:red", "max": "1"})
        page = await self.command(
            "search", session, "next", {"query": f"tag:{self.wanted['tag']}", "sort": "name", "max": "1"}
        )
        pages = [page]
        while page["status"] == "executing":
            page = await self.command("search", session, "next")
            pages.append(page)
        return {"begun": begun, "wrong": wrong, "mistaken": mistaken, "pages": pages}

    async def show(self):
        found = await self.command("search")
        found = await self.command("search", found["session"], "next", {"query": self.wanted["name"]})
        begun = await self.command("show")
        return await self.command("show", begun["session"], "complete", {"id": found["rows"][0]["id"]})

    async def match(self):
        begun = await self.command("match")
        wrong = await self.command("match", begun["session"], "complete", {"inputs": ["nothing"]})
        done = await self.command("match", begun["session"], "complete", {"inputs": ["amount=3", "unit=m"]})
        return {"wrong": wrong, "done": done}

    async def status(self):
        return await self.command("status")

    async def jud(self):
        ask = self.make_iq_get(ito=self.directory)
        ask["search"]
        offer = self.form_in((await ask.send())["search"])
        search = self["xep_0055"].make_search_iq(ito=self.directory)
        search["search"]["form"].add_field(var="tag", value=self.wanted["tag"])
        search["search"]["form"].add_field(var="kind", value="command")
        search["search"]["form"].add_field(var="shoe-size", value="42")
        rsm = ET.SubElement(search["search"].xml, f"{{{RSM}}}set")
        ET.SubElement(rsm, f"{{{RSM}}}max").text = "1"
        found = (await search.send())["search"]
        table = self.form_in(found)
        last = found.xml.find(f"{{{RSM}}}set/{{{RSM}}}last").text
        return {
            "offered": [field["var"] for field in offer.get_fields().values()],
            "reported": list(table["reported"]),
            "rows": [dict(item) for item in table["items"]],
            "last": last,
        }

    async def agents(self):
        iq = self.make_iq_get(ito=self.directory)
        iq.append(ET.Element(f"{{{AGENTS}}}query"))
        answer = await iq.send()
        return [
            [agent.get("jid"), agent.findtext(f"{{{AGENTS}}}name")]
            for agent in answer.xml.findall(f"{{{AGENTS}}}query/{{{AGENTS}}}agent")
        ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("jid", "password", "directory", "host", "port", "ca", "tag", "name"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    browser = Browser(
        options.jid, options.password, options.directory, {"tag": options.tag, "name": options.name}
    )
    browser.ca_certs = options.ca
    browser.ssl_context.verify_mode = ssl.CERT_REQUIRED
    browser.connect((options.host, int(options.port)))
    browser.process(forever=False)
