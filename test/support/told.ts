import { type QueryNotice, readQueryNotice } from '../../protocol/dialects/query-notice.ts';
import { NS_SUBSCRIPTION } from '../../protocol/namespaces.ts';
import type { Element } from '../../protocol/xml.ts';
import type { TestAgent } from './agent.ts';
import { askCommand } from './ask-command.ts';

export type Told = QueryNotice & { id: string; stanza: Element };

/** What the agent is told of its queries from now on, in the order in which it comes. */
export function toldTo(agent: TestAgent): Told[] {
  const told: Told[] = [];
  agent.onMessage = (stanza) => {
    const notice = stanza.getChild('notice', NS_SUBSCRIPTION);
    if (notice && stanza.attrs.type !== 'error') {
      told.push({ ...readQueryNotice(notice), id: stanza.attrs.id ?? '', stanza });
    }
  };
  return told;
}

/** Subscribes the agent to the query; returns the subscription's id. */
export async function subscribeTo(
  agent: TestAgent,
  address: string,
  query: string,
  days = '7',
): Promise<string> {
  const { sessionId } = await askCommand(agent, address, 'subscribe', {});
  const values = { query, days };
  const done = await askCommand(agent, address, 'subscribe', { sid: sessionId, action: 'complete', values });
  const id = done.form?.fields.find((field) => field.var === 'id')?.values[0];
  if (!id) throw new Error(`not subscribed: ${JSON.stringify(done.notes)}`);
  return id;
}
