/** An endpoint's manifest and schemas in the one form that their hashes are of (RFC 8785, XEP-0300). */

import { createHash } from 'node:crypto';
import { type Element, xml } from '@xmpp/xml';
import { AGENT_API, HASHES } from './names.ts';
import type { Endpoint, Json, Tool } from './tool.ts';

/** A document as it travels: its canonical JSON, and the SHA-256 of that in Base64. */
export type Document = { json: string; hash: string };

export type Published = {
  endpoint: Endpoint;
  jid: string;
  manifest: Document;
  /** In the order of their names' octets, which is that of the tool list. */
  tools: { tool: Tool; input: Document; output: Document }[];
};

export function publish(endpoint: Endpoint, domain: string): Published {
  const jid = `${endpoint.account}@${domain}`;
  const { account, title, description, version } = endpoint;
  const manifest = {
    manifestSpecVersion: '0',
    agent: { jid, name: account, title, description, version, vendor: 'Guildhall samples' },
    tools: endpoint.tools.map((tool) => ({
      name: tool.name,
      title: tool.title,
      description: tool.description,
      inputSchema: tool.inputSchema,
      outputSchema: tool.outputSchema,
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
      [AGENT_API]: { tags: tool.tags },
    })),
  };
  return {
    endpoint,
    jid,
    manifest: documentOf(manifest),
    tools: endpoint.tools
      .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
      .map((tool) => ({ tool, input: documentOf(tool.inputSchema), output: documentOf(tool.outputSchema) })),
  };
}

/** Members in the order of their names' UTF-16 units, which is how sort compares; the rest is what JSON.stringify does. */
export function canonical(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join()}}`;
}

export function hashElement(hash: string): Element {
  return xml('hash', { xmlns: HASHES, algo: 'sha-256' }, hash);
}

function documentOf(value: Json): Document {
  const json = canonical(value);
  return { json, hash: createHash('sha256').update(json).digest('base64') };
}
