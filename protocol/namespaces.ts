/** Every namespace and wire identifier the project reads or writes, each written once. */

export const NS_STREAM = 'http://etherx.jabber.org/streams';
export const NS_SM = 'urn:xmpp:sm:3';
export const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
export const NS_ROSTER = 'jabber:iq:roster';
export const NS_DISCO_INFO = 'http://jabber.org/protocol/disco#info';
export const NS_DISCO_ITEMS = 'http://jabber.org/protocol/disco#items';
export const NS_COMMANDS = 'http://jabber.org/protocol/commands';
export const NS_DATA = 'jabber:x:data';
export const NS_VALIDATE = 'http://jabber.org/protocol/xdata-validate';
export const NS_RSM = 'http://jabber.org/protocol/rsm';
export const NS_CAPS = 'http://jabber.org/protocol/caps';
export const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
export const NS_PUBSUB_EVENT = 'http://jabber.org/protocol/pubsub#event';
export const NS_PING = 'urn:xmpp:ping';
export const NS_VERSION = 'jabber:iq:version';
export const NS_JSON = 'urn:xmpp:json:0';

export const NS_A2A = 'urn:xmpp:a2a:1';
export const NS_AGENTCARD = 'urn:xmpp:a2a:agentcard';
export const FORM_CMD_META = 'urn:xmpp:a2a:cmd:meta';

export const NS_LISTING = 'urn:guildhall:listing:0';
export const NS_NOINDEX = 'urn:guildhall:noindex:0';
export const NS_DIRECTORY = 'urn:guildhall:directory:0';

/** Administrative nodes that are never somebody's offer (XEP-0133, XEP-0146). */
export const NS_ADMIN = 'http://jabber.org/protocol/admin';
export const NS_REMOTE_CONTROL = 'http://jabber.org/protocol/rc';
