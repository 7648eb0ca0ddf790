/**
 * XMPP Agent Gateway (ProtoXEP, 0.0.5): its namespaces and the names of its disco nodes.
 * https://github.com/romanbsd/xmpp-agent-gateway (pull request 1556 of xsf/xeps)
 */

import { ParseError } from '../../parse-error.ts';
import { token } from '../../text.ts';

/** Feature of a gateway, and the node under which it lists its endpoints. */
export const NS_AGENT_DIRECTORY = 'urn:xmpp:agent-directory:0';
/** Feature of an endpoint; no node. */
export const NS_AGENT_ENDPOINT = 'urn:xmpp:agent-endpoint:0';
/** Manifests and schemas. */
export const NS_AGENT_API = 'urn:xmpp:agent-api:0';
/** Invocation and its life. */
export const NS_AGENT_TASK = 'urn:xmpp:agent-task:0';
/** Prefix of the node that lists a version's tools. */
export const NS_AGENT_TOOLS = 'urn:xmpp:agent-tools:0';
/** Feature of a tool, and prefix of its node. */
export const NS_AGENT_TOOL = 'urn:xmpp:agent-tool:0';
export const FORM_ENDPOINT_INFO = 'urn:xmpp:agent-endpoint-info:0';
export const FORM_TOOL_INFO = 'urn:xmpp:agent-tool-info:0';

/** The protocol sets no limit to a tool's name; this one keeps its node within disco's. */
export const toolNameCharsMax = 200;

const VERSION = /^[A-Za-z0-9._~-]{1,64}$/;
const IDENTIFIER = /^[A-Za-z0-9._~-]{22,128}$/;

/** API versions are opaque, and compared character by character. @throws {ParseError} where the text is none. */
export function readVersion(text: string | null | undefined): string {
  if (!text || !VERSION.test(text)) throw new ParseError('an API version is 1 to 64 of A-Z a-z 0-9 . _ ~ -');
  return text;
}

/** An identifier of a request, task or event. @throws {ParseError} where the text is none. */
export function readIdentifier(text: string | null | undefined): string {
  if (!text || !IDENTIFIER.test(text))
    throw new ParseError('an identifier is 22 to 128 of A-Z a-z 0-9 . _ ~ -');
  return text;
}

/**
 * A tool's name is compared code point by code point. One with control or bidi characters, or longer than
 * `toolNameCharsMax`, is legal but is not taken.
 * @throws {ParseError} where it is not taken.
 */
export function readToolName(text: string | null | undefined): string {
  const name = token(text, toolNameCharsMax);
  if (name === null)
    throw new ParseError(`a tool's name is 1 to ${toolNameCharsMax} characters without controls`);
  return name;
}

export function toolsNode(version: string): string {
  return `${NS_AGENT_TOOLS}#${version}`;
}

export function toolNode(version: string, tool: string): string {
  return `${NS_AGENT_TOOL}#${version}#${Buffer.from(tool, 'utf8').toString('base64url')}`;
}

/** @throws {ParseError} where the node is no tool's: padded, not canonical, not UTF-8, or without a name. */
export function readToolNode(node: string): { version: string; tool: string } {
  const [prefix, version, encoded, ...more] = node.split('#');
  if (prefix !== NS_AGENT_TOOL || !encoded || more.length > 0)
    throw new ParseError(`the node is not ${NS_AGENT_TOOL}#VERSION#NAME`);
  const bytes = Buffer.from(encoded, 'base64url');
  const tool = readToolName(bytes.toString('utf8'));
  const read = { version: readVersion(version), tool };
  // Whatever the decoder was lenient about does not come back the same.
  if (toolNode(read.version, tool) !== node)
    throw new ParseError("the name in a tool's node is not base64url of UTF-8");
  return read;
}
