"""A client that knows only standards: subscribes, asks the directory who it is in every way, and chats with it.

Prints one JSON object of all that it saw.
"""

import argparse
import asyncio
import base64
import hashlib
import json
import ssl
import traceback

import slixmpp
from slixmpp.xmlstream import ET

CARD = "urn:xmpp:a2a:agentcard"
META = "urn:xmpp:a2a:cmd:meta"
CONTACTS = "http://jabber.org/network/serverinfo"
VCARD4 = "urn:ietf:params:xml:ns:vcard-4.0"
TIMEOUT_S = 10


class Person(slixmpp.ClientXMPP):
    def __init__(self, jid, password, directory, words):
        super().__init__(jid, password)
        self.directory = slixmpp.JID(directory)
        self.words = words
        self.replies = asyncio.Queue()
        self.caps = asyncio.Queue()
        self.receipts = asyncio.Queue()
        self.auto_authorize = True
        self.auto_subscribe = False
        plugins = ("0004", "0030", "0050", "0054", "0060", "0084", "0092", "0115", "0128", "0153", "0184", "0202")
        for number in plugins:
            self.register_plugin(f"xep_{number}")
        self.add_event_handler("session_start", self.on_start)
        self.add_event_handler("message", self.on_message)
        self.add_event_handler("receipt_received", lambda message: self.receipts.put_nowait(message["receipt"]))
        self.add_event_handler("entity_caps", lambda presence: self.caps.put_nowait(presence))

    def on_message(self, message):
        if message["body"]:
            self.replies.put_nowait(message)

    async def on_start(self, _event):
        self.send_presence()
        await self.get_roster()
        try:
            seen = {
                "shut": await self.card(),
                "caps": await self.subscribe_to_it(),
                "info": await self.about(),
                "version": await self.version(),
                "time": await self.time(),
                "vcard_temp": await self.vcard_temp(self.directory.bare),
                "vcard_temp_full": await self.vcard_temp(self.directory.full),
                "vcard4": await self.vcard4(),
                "avatar": await self.avatar(),
                "card": await self.card(),
                "commands": await self.commands(),
                "chat": [await self.say(words) for words in self.words],
                "receipt": await self.with_receipt(),
            }
            print(json.dumps(seen), flush=True)
        except Exception:
            traceback.print_exc()
        finally:
            await self.disconnect()

    async def subscribe_to_it(self):
        """What its presence announces, once it shows it: the hash of the caps, and of the picture."""
        self.send_presence(pto=self.directory.bare, ptype="subscribe")
        while True:
            presence = await asyncio.wait_for(self.caps.get(), TIMEOUT_S)
            if presence["from"].bare == self.directory.bare:
                break
        caps = presence["caps"]
        # slixmpp asks and verifies by itself; what it took for true it keeps under the hash.
        for _ in range(100):
            verified = await self["xep_0115"].get_caps(jid=self.directory.full)
            if verified:
                break
            await asyncio.sleep(0.05)
        return {
            "ver": caps["ver"],
            "verified": verified is not None,
            "photo": presence["vcard_temp_update"]["photo"],
        }

    async def about(self):
        iq = await self["xep_0030"].get_info(jid=self.directory.full, local=False, cached=False)
        forms = [form for form in iq["disco_info"]["substanzas"] if form.name == "x"]
        contacts = iq["disco_info"].xml.findall("{jabber:x:data}x/{jabber:x:data}field[@var='abuse-addresses']/*")
        return {
            "identities": sorted([identity[0], identity[1], identity[3]] for identity in iq["disco_info"]["identities"]),
            "features": sorted(iq["disco_info"]["features"]),
            "abuse": [value.text for value in contacts],
            "forms": len(forms),
        }

    async def version(self):
        answer = (await self["xep_0092"].get_version(self.directory.full))["software_version"]
        return {"name": answer["name"], "version": answer["version"], "os": answer["os"]}

    async def time(self):
        iq = await self["xep_0202"].get_entity_time(self.directory.full)
        # slixmpp 1.8.3 reads a time with its zone as one with two.
        return iq.xml.findtext("{urn:xmpp:time}time/{urn:xmpp:time}utc")

    async def vcard_temp(self, jid):
        card = (await self["xep_0054"].get_vcard(jid=jid, cached=False))["vcard_temp"]
        return {"fn": card["FN"], "photo": hashlib.sha1(card["PHOTO"]["BINVAL"]).hexdigest()}

    async def vcard4(self):
        ask = self.make_iq_get(ito=self.directory.full)
        ask.append(ET.Element(f"{{{VCARD4}}}vcard"))
        name = f"{{{VCARD4}}}vcard/{{{VCARD4}}}fn/{{{VCARD4}}}text"
        asked = (await ask.send()).xml.findtext(name)
        items = await self["xep_0060"].get_items(self.directory.bare, "urn:xmpp:vcard4", max_items=1)
        return [asked, items.xml.findtext(f".//{name}")]

    async def avatar(self):
        items = await self["xep_0060"].get_items(self.directory.bare, "urn:xmpp:avatar:metadata", max_items=1)
        info = items.xml.find(".//{urn:xmpp:avatar:metadata}info")
        data = await self["xep_0084"].retrieve_avatar(self.directory.bare, info.get("id"))
        value = data.xml.findtext(".//{urn:xmpp:avatar:data}data")
        return {**info.attrib, "sha1": hashlib.sha1(base64.b64decode(value)).hexdigest()}

    async def card(self):
        """The names of the card's skills; the refusal, where it may not be read."""
        try:
            items = await self["xep_0060"].get_items(self.directory.bare, CARD, max_items=1)
        except slixmpp.exceptions.IqError as error:
            return error.condition
        card = json.loads(items.xml.findtext(f".//{{{CARD}}}agentcard"))
        return {skill["command_node"]: [field["var"] for field in skill["form_fields"]] for skill in card["skills"]}

    async def commands(self):
        """What each command takes, as its disco#info has it."""
        items = await self["xep_0050"].get_commands(self.directory.full, local=False)
        seen = {}
        for _, node, _ in items["disco_items"]["items"]:
            iq = await self["xep_0030"].get_info(jid=self.directory.full, node=node, local=False, cached=False)
            values = iq["disco_info"]["form"].get_values()
            seen[node] = [field["var"] for field in json.loads(values["form_fields_json"])]
        return seen

    async def say(self, words):
        self.send_message(mto=self.directory.bare, mbody=words, mtype="chat")
        reply = await asyncio.wait_for(self.replies.get(), TIMEOUT_S)
        return {"type": reply["type"], "lang": reply.get_lang(), "body": reply["body"]}

    async def with_receipt(self):
        message = self.make_message(mto=self.directory.bare, mbody="status", mtype="chat")
        message["request_receipt"] = True
        message.send()
        return await asyncio.wait_for(self.receipts.get(), TIMEOUT_S) == message["id"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("jid", "password", "directory", "host", "port", "ca", "words"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    person = Person(options.jid, options.password, options.directory, json.loads(options.words))
    person.ca_certs = options.ca
    person.ssl_context.verify_mode = ssl.CERT_REQUIRED
    person.connect((options.host, int(options.port)))
    person.process(forever=False)
