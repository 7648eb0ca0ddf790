import { onTestFinished } from 'vitest';
import type { DiscoItem } from '../../protocol/disco.ts';
import { NS_DISCO_ITEMS, NS_RSM } from '../../protocol/namespaces.ts';
import { writeRsmResult } from '../../protocol/rsm.ts';
import { writeStanzaError } from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { type Component, openComponent } from '../../scripts/component.ts';

export type ComponentAddress = { service: string; domain: string; secret: string };

/** A question's payload, and of whom it is asked. */
export type Asked = { to: string; query: Element; iq: Element };

/** The answer's payload; undefined refuses, 'silence' leaves the question unanswered. */
export type ComponentAnswer = (asked: Asked) => Element | 'silence' | undefined;

export type TestComponent = Pick<Component, 'domain' | 'send'> & {
  /** Every question so far. */
  asked: Asked[];
};

/** Connects as the component, answers each question asked of any of its addresses, and ends when the test does. */
export async function startComponent(
  address: ComponentAddress,
  answer: ComponentAnswer,
  onPresence: (stanza: Element, send: Component['send']) => void = () => undefined,
): Promise<TestComponent> {
  const asked: Asked[] = [];
  const running = await openComponent({
    ...address,
    onStanza(iq, send) {
      if (iq.name === 'presence') onPresence(iq, send);
      const { type, from, to = '', id } = iq.attrs;
      const [query] = iq.getChildElements();
      if (iq.name !== 'iq' || !query || (type !== 'get' && type !== 'set')) return;
      asked.push({ to, query, iq });
      const given = answer({ to, query, iq });
      if (given === 'silence') return;
      const payload =
        given ?? writeStanzaError({ type: 'cancel', condition: 'service-unavailable', text: null });
      const isError = payload.name === 'error';
      send(xml('iq', { type: isError ? 'error' : 'result', from: to, to: from, id }, payload));
    },
  });
  onTestFinished(() => running.close());
  return { domain: running.domain, send: running.send, asked };
}

/** No page is longer, whatever is asked for. */
const pageItemsMax = 100;

/** One page of a list of that length: the items after the one that the question names. */
export function pageOf(query: Element, length: number, itemAt: (at: number) => DiscoItem): Element {
  const set = query.getChild('set', NS_RSM);
  const max = Math.min(pageItemsMax, Number(set?.getChildText('max') ?? length));
  const start = Number(set?.getChildText('after') ?? -1) + 1;
  const end = Math.min(length, start + max);
  const items = Array.from({ length: end - start }, (_, at) => itemAt(start + at));
  return xml(
    'query',
    { xmlns: NS_DISCO_ITEMS, node: query.attrs.node },
    items.map(({ jid, node, name }) => xml('item', { jid, node, name })),
    writeRsmResult({ first: String(start), last: String(end - 1), count: length }),
  );
}
