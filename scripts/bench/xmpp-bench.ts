/** Searching over XMPP, beside the same over HTTP and beside bare questions through the same server. */

import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { writeIndex } from '../../db/write-index.ts';
import { field, form, formValue, readForm, writeForm } from '../../protocol/data-form.ts';
import { NS_DATA, NS_PING, NS_SEARCH } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { openComponent } from '../component.ts';
import { registerAccount } from '../register.ts';
import { openSession, type Session } from '../specialists/session.ts';
import { bench as alerts } from './alerts-bench.ts';
import { startServer } from './http-load.ts';
import { atLeast, type Bench, type Ratios } from './ratio.ts';
import { agentOf, randomOf, wordOf } from './sample-listings.ts';
import { withScratchDatabase } from './scratch-database.ts';
import { client, throughputs } from './throughput.ts';
import { secret, startBenchServer, startBenchWorker } from './xmpp-stack.ts';

type Say = (line: string) => void;

const batchSize = 500;
const askerCount = 4;
const readyTimeoutMs = 30_000;

/** What is asked, from the cheapest to what ranks the most candidates. */
const questions = { 'rare word': wordOf(3_000), 'common word': wordOf(3), 'no match': 'zzyzxqwv' };

/** What subscribed queries cost is measured by `-- alerts`, too. */
export const bench: Bench = async (options) => ({ ...(await searches(options)), ...(await alerts(options)) });

const searches: Bench = ({ full, say }) =>
  withScratchDatabase(async ({ db, url }) => {
    const size = full ? 100_000 : 10_000;
    const random = randomOf(1);
    for (let at = 0; at < size; at += batchSize) {
      const batch = Array.from({ length: batchSize }, (_, of) => agentOf(at + of, random));
      await writeIndex(db, batch, 60_000);
    }
    await db.execute(sql`vacuum analyze`);
    say(`${size} listings`);
    return measure(url, full, say);
  });

async function measure(databaseUrl: string, full: boolean, say: Say): Promise<Ratios> {
  const ends: (() => unknown)[] = [];
  try {
    const node = await startServer('../../functions/serve.ts', {
      DATABASE_URL: databaseUrl,
      READS_PER_MINUTE: '0',
      // Each door searches anew: what was asked before is kept for HTTP alone.
      ANSWERS_KEPT_MB: '0',
      ACCESS_LOG: 'off',
    });
    ends.push(() => node.stop());
    const pages = new Map<string, Element>();
    const askers = await startXmpp(databaseUrl, pages, ends);
    const overHttp = client(node.url);
    let turn = 0;
    const ask = (to: string, payload: Element, type: 'get' | 'set' = 'get') =>
      askers[turn++ % askers.length]?.request(type, payload, to) ?? Promise.reject(new Error('nobody asks'));
    const entries = Object.entries(questions);
    for (const [, words] of entries) {
      const [page] = (await ask('guildhall.agents.test', question(words), 'set')).getChildElements();
      if (page) pages.set(words, page);
    }
    const rates = await throughputs(
      {
        bare: () => ask('bare.agents.test', xml('ping', { xmlns: NS_PING })),
        ping: () => ask('guildhall.agents.test', xml('ping', { xmlns: NS_PING })),
        ...Object.fromEntries(
          entries.flatMap(([kind, words]) => [
            [`${kind} over HTTP`, () => overHttp(`/v1/listings?q=${words}`)],
            [`${kind} over XMPP`, () => ask('guildhall.agents.test', question(words), 'set')],
            [`${kind}, its page at hand`, () => ask('bare.agents.test', question(words), 'set')],
          ]),
        ),
      },
      { turns: full ? 8 : 4, turnMs: 1_000 },
    );
    const rate = (what: string) => (rates as { [what: string]: number })[what] ?? Number.NaN;
    for (const what of Object.keys(rates)) say(`${what}: ${Math.round(rate(what))} a second`);
    const ratios: Ratios = {
      "the directory's ping against a bare question": atLeast(rate('ping') / rate('bare'), 0.6),
    };
    for (const [kind] of entries) {
      const [http, xmpp] = [rate(`${kind} over HTTP`), rate(`${kind} over XMPP`)];
      // What it would cost to ask over HTTP, and to be sent the same page by somebody who has it at hand.
      const both = 1 / (1 / http + 1 / rate(`${kind}, its page at hand`));
      say(`${kind}, over XMPP against bare questions: ${(xmpp / rate('bare')).toPrecision(3)}`);
      ratios[`${kind}, over XMPP against over HTTP`] = atLeast(xmpp / http, 0.5);
      ratios[`${kind}, over XMPP against HTTP and a page at hand`] = atLeast(xmpp / both, 0.8);
    }
    return ratios;
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/**
 * A server with the directory and a component that answers at once; returns who asks them: several, since one alone is
 * given only a few answers at a time.
 */
async function startXmpp(
  databaseUrl: string,
  pages: Map<string, Element>,
  ends: (() => unknown)[],
): Promise<Session[]> {
  const home = await startBenchServer(['bare'], ends);
  const bare = await openComponent({
    service: home.componentService,
    domain: `bare.${home.domain}`,
    secret,
    onStanza(stanza, send) {
      const { from, to, id } = stanza.attrs;
      const words = stanza.getChild('query', NS_SEARCH) && wordsOf(stanza);
      send(xml('iq', { type: 'result', from: to, to: from, id }, words && pages.get(words)));
    },
  });
  ends.push(() => bare.close());
  await startBenchWorker(home, databaseUrl, ends);
  const askers = await Promise.all(
    Array.from({ length: askerCount }, async (_, at) => {
      const account = {
        service: home.service,
        domain: home.domain,
        username: `asker${at}`,
        password: 'test',
      };
      await registerAccount(account);
      return openSession({ ...account, resource: 'bench', onStanza() {}, onEnd() {} });
    }),
  );
  ends.push(() => Promise.all(askers.map((asker) => asker.close())));
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    const answer = await askers[0]
      ?.request('get', xml('ping', { xmlns: NS_PING }), `guildhall.${home.domain}`)
      .catch(() => null);
    if (answer) return askers;
    if (Date.now() > deadline) throw new Error('the worker does not answer');
    await wait(200);
  }
}

/** A search by XEP-0055 with its data form: one question, one page of results. */
function question(words: string): Element {
  const fields = [field('FORM_TYPE', NS_SEARCH, 'hidden'), field('query', words)];
  return xml('query', { xmlns: NS_SEARCH }, writeForm(form('submit', fields)));
}

function wordsOf(stanza: Element): string {
  const asked = stanza.getChild('query', NS_SEARCH)?.getChild('x', NS_DATA);
  return (asked && formValue(readForm(asked), 'query')) ?? '';
}
