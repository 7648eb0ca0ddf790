/**
 * The wire identifiers of the sample specialists. They are not shared with the directory's own: the specialists
 * stand in for other people's agents, and a misspelling on one side must show.
 */

export const NS_AGENTCARD = 'urn:xmpp:a2a:agentcard';
export const NS_AGENTS = 'jabber:iq:agents';
export const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
export const NS_CAPS = 'http://jabber.org/protocol/caps';
export const NS_COMMANDS = 'http://jabber.org/protocol/commands';
export const NS_CONTRACT = 'urn:guildhall:contract:0';
export const NS_DATA = 'jabber:x:data';
export const NS_DISCO_INFO = 'http://jabber.org/protocol/disco#info';
export const NS_DISCO_ITEMS = 'http://jabber.org/protocol/disco#items';
export const NS_JSON = 'urn:xmpp:json:0';
export const NS_LISTING = 'urn:guildhall:listing:0';
export const NS_MUC = 'http://jabber.org/protocol/muc';
export const NS_NOINDEX = 'urn:guildhall:noindex:0';
export const NS_PING = 'urn:xmpp:ping';
export const NS_PUBLISH_OPTIONS = 'http://jabber.org/protocol/pubsub#publish-options';
export const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
export const NS_REQUEST = 'urn:guildhall:request:0';
export const NS_ROSTER = 'jabber:iq:roster';
export const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
export const NS_VALIDATE = 'http://jabber.org/protocol/xdata-validate';
