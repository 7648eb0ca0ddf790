/**
 * The wire identifiers of the sample Agent Gateway (XMPP Agent Gateway, ProtoXEP 0.0.5). As those of the other
 * specialists, they are not shared with the directory's own: a misspelling on one side must show.
 */

export const AGENT_DIRECTORY = 'urn:xmpp:agent-directory:0';
export const AGENT_ENDPOINT = 'urn:xmpp:agent-endpoint:0';
export const AGENT_API = 'urn:xmpp:agent-api:0';
export const AGENT_TASK = 'urn:xmpp:agent-task:0';
export const AGENT_TOOL = 'urn:xmpp:agent-tool:0';
export const AGENT_TOOLS = 'urn:xmpp:agent-tools:0';
export const ENDPOINT_INFO = 'urn:xmpp:agent-endpoint-info:0';
export const TOOL_INFO = 'urn:xmpp:agent-tool-info:0';
export const HASHES = 'urn:xmpp:hashes:2';
export const RSM = 'http://jabber.org/protocol/rsm';
