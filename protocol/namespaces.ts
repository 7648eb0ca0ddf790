/** Every namespace and wire identifier the project reads or writes, each written once. */

export const NS_STREAM = 'http://etherx.jabber.org/streams';
export const NS_SM = 'urn:xmpp:sm:3';
export const NS_COMPONENT = 'jabber:component:accept';
export const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
export const NS_ROSTER = 'jabber:iq:roster';
export const NS_DISCO_INFO = 'http://jabber.org/protocol/disco#info';
export const NS_DISCO_ITEMS = 'http://jabber.org/protocol/disco#items';
export const NS_COMMANDS = 'http://jabber.org/protocol/commands';
export const NS_DATA = 'jabber:x:data';
export const NS_MEDIA = 'urn:xmpp:media-element';
export const NS_VALIDATE = 'http://jabber.org/protocol/xdata-validate';
export const NS_LAYOUT = 'http://jabber.org/protocol/xdata-layout';
export const NS_RSM = 'http://jabber.org/protocol/rsm';
export const NS_CAPS = 'http://jabber.org/protocol/caps';
export const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
export const NS_PUBSUB_EVENT = 'http://jabber.org/protocol/pubsub#event';
export const NS_PUBSUB_ERRORS = 'http://jabber.org/protocol/pubsub#errors';
export const NS_PUBSUB_OWNER = 'http://jabber.org/protocol/pubsub#owner';
export const NS_PING = 'urn:xmpp:ping';
export const NS_VERSION = 'jabber:iq:version';
export const NS_TIME = 'urn:xmpp:time';
export const NS_JSON = 'urn:xmpp:json:0';
export const NS_DELAY = 'urn:xmpp:delay';
export const NS_RECEIPTS = 'urn:xmpp:receipts';
export const NS_STYLING = 'urn:xmpp:styling:0';
/** What a message carries beside a body that only stands in for it: XEP-0249, XEP-0070; XEP-0428 says so outright. */
export const NS_DIRECT_INVITE = 'jabber:x:conference';
export const NS_HTTP_AUTH = 'http://jabber.org/protocol/http-auth';
export const NS_FALLBACK = 'urn:xmpp:fallback:0';
export const NS_REPLY = 'urn:xmpp:reply:0';
/** How a message says that its body only stands in for an encrypted one (XEP-0380), and what came before that. */
export const NS_ENCRYPTION = 'urn:xmpp:eme:0';
export const NS_OMEMO = 'eu.siacs.conversations.axolotl';

export const NS_A2A = 'urn:xmpp:a2a:1';
export const NS_AGENTCARD = 'urn:xmpp:a2a:agentcard';
export const NS_BUSINESS_CARD = 'urn:xmpp:a2a:business_card:1';
export const FORM_CMD_META = 'urn:xmpp:a2a:cmd:meta';

export const NS_LISTING = 'urn:guildhall:listing:0';
export const NS_NOINDEX = 'urn:guildhall:noindex:0';
export const NS_DIRECTORY = 'urn:guildhall:directory:0';
export const NS_SUBSCRIPTION = 'urn:guildhall:subscription:0';
export const NS_NEWS = 'urn:guildhall:news:0';
export const NS_CALL = 'urn:guildhall:call:0';
export const NS_CONTRACT = 'urn:guildhall:contract:0';
export const NS_REQUEST = 'urn:guildhall:request:0';

/** Administrative nodes that are never somebody's offer (XEP-0133, XEP-0146). */
export const NS_ADMIN = 'http://jabber.org/protocol/admin';
export const NS_REMOTE_CONTROL = 'http://jabber.org/protocol/rc';

export const NS_CAPS2 = 'urn:xmpp:caps';
export const NS_GEOLOC = 'http://jabber.org/protocol/geoloc';
export const NS_AVATAR_DATA = 'urn:xmpp:avatar:data';
export const NS_AVATAR_METADATA = 'urn:xmpp:avatar:metadata';
export const NS_VCARD4 = 'urn:ietf:params:xml:ns:vcard-4.0';
export const NS_VCARD = 'vcard-temp';
export const NS_VCARD_UPDATE = 'vcard-temp:x:update';
export const NODE_VCARD4 = 'urn:xmpp:vcard4';
export const FORM_SERVER_INFO = 'http://jabber.org/network/serverinfo';
export const NS_SEARCH = 'jabber:iq:search';
export const NS_AGENTS = 'jabber:iq:agents';
export const NS_MUC = 'http://jabber.org/protocol/muc';
export const NS_MUC_USER = 'http://jabber.org/protocol/muc#user';
export const NS_JSON_MESSAGE = 'urn:xmpp:json-msg:0';
export const NS_PAYMENT = 'urn:xmpp:payment:0';

/** The draft binding of A2A to XMPP: its card's node and namespace, and what its interfaces are called. */
export const NS_AGENTCARD_0 = 'urn:xmpp:a2a:agentcard:0';
export const NS_A2A_BINDING = 'urn:xmpp:a2a:binding:1.0';
