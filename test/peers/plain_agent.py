"""An agent as slixmpp's users write it: one plain ad-hoc command, and a subscription to the directory."""

import argparse
import json
import ssl

import slixmpp


class Agent(slixmpp.ClientXMPP):
    def __init__(self, jid, password, directory):
        super().__init__(jid, password)
        self.directory = directory
        self.register_plugin("xep_0030")
        self.register_plugin("xep_0004")
        self.register_plugin("xep_0050")
        self.add_event_handler("session_start", self.on_start)

    async def on_start(self, _event):
        self["xep_0050"].add_command(node="greet", name="Greet somebody politely", handler=self.on_greet)
        self.send_presence()
        await self.get_roster()
        self.send_presence_subscription(self.directory)
        print(json.dumps("online"), flush=True)

    def on_greet(self, _iq, session):
        form = self["xep_0004"].make_form(ftype="form", title="Greet somebody")
        form.add_field(var="name", ftype="text-single", label="Name", required=True)
        form.add_field(
            var="style",
            ftype="list-single",
            label="Style",
            options=[{"label": "Formal", "value": "formal"}, {"label": "Warm", "value": "warm"}],
        )
        form.add_field(var="twice", ftype="boolean", label="Twice")
        session["payload"] = form
        session["next"] = self.on_filled
        session["has_next"] = False
        return session

    def on_filled(self, payload, session):
        session["payload"] = None
        session["next"] = None
        session["notes"] = [("info", f"Good day, {payload['values']['name']}")]
        return session


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("jid", "password", "directory", "host", "port", "ca"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    agent = Agent(options.jid, options.password, options.directory)
    agent.ca_certs = options.ca
    agent.ssl_context.verify_mode = ssl.CERT_REQUIRED
    agent.connect((options.host, int(options.port)))
    agent.process(forever=True)
