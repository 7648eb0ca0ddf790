import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { formLimits } from '../../protocol/data-form.ts';
import { NS_COMMANDS, NS_DISCO_INFO, NS_DISCO_ITEMS, NS_NOINDEX } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { startAgent } from '../support/agent.ts';
import { convert, tune } from '../support/commands.ts';
import { type RunningDirectory, startDirectory } from '../support/directory.ts';
import { textField } from '../support/fields.ts';
import { listedOverHttp, agentOverHttp as showAgent } from '../support/overview.ts';
import { queryIn } from '../support/questions.ts';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

const agentOverHttp = (jid: string) => showAgent(directory.http, jid);

const listed = (jid: string, names: string[]) => listedOverHttp(directory.http, jid, names);

describe("an agent's other facts stay where", () => {
  const isInfo = (iq: Element, node?: string) => queryIn(iq, NS_DISCO_INFO, node) !== undefined;

  test.each<[string, (iq: Element) => Element | 'silence' | undefined]>([
    ['its disco#info is missing', (iq) => (isInfo(iq) ? xml('error', { type: 'cancel' }) : undefined)],
    ['its disco#info is empty', (iq) => (isInfo(iq) ? xml('query', { xmlns: NS_DISCO_INFO }) : undefined)],
    [
      'its disco#info is something else',
      (iq) => (isInfo(iq) ? xml('vCard', { xmlns: 'vcard-temp' }) : undefined),
    ],
    [
      'its disco#info is huge',
      (iq) =>
        isInfo(iq)
          ? xml(
              'query',
              { xmlns: NS_DISCO_INFO },
              Array.from({ length: 2_000 }, (_, at) => xml('feature', { var: `f${at}` })),
            )
          : undefined,
    ],
    [
      'its disco#info is about another node',
      (iq) => (isInfo(iq) ? xml('query', { xmlns: NS_DISCO_INFO, node: 'elsewhere' }) : undefined),
    ],
    [
      "a command's disco#info holds a form of 10,000 fields",
      (iq) =>
        isInfo(iq, 'convert')
          ? xml(
              'query',
              { xmlns: NS_DISCO_INFO, node: 'convert' },
              xml(
                'x',
                { xmlns: 'jabber:x:data', type: 'result' },
                Array.from({ length: 4_000 }, (_, at) => xml('field', { var: `${at}` })),
              ),
            )
          : undefined,
    ],
  ])('%s', async (_what, intercept) => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert }, subscribe: false });
    agent.intercept = intercept;
    agent.subscribe();
    const [listing] = await listed(agent.jid, ['Convert feet']);
    expect(listing?.inputs.map(({ name }) => name)).toEqual(['amount', 'unit']);
  });

  test("a command's disco#info never comes: it is listed, and not executed to see what it might state", async () => {
    const agent = await startAgent({
      directory: directory.jid,
      commands: { convert, tune },
      subscribe: false,
    });
    agent.intercept = (iq) => (isInfo(iq, 'convert') ? 'silence' : undefined);
    agent.subscribe();
    const listings = await listed(agent.jid, ['Convert feet', 'Name that tune']);
    expect(listings.map(({ inputs }) => inputs.length)).toEqual([0, 1]);
    expect(Object.fromEntries(agent.executed)).toEqual({ tune: 1 });
  });

  test('its disco#info comes late', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert }, subscribe: false });
    agent.intercept = async (iq) => {
      if (isInfo(iq)) await wait(2_000);
      return undefined;
    };
    agent.subscribe();
    await listed(agent.jid, ['Convert feet']);
  });

  test("a command's form has too many fields: it is listed without inputs", async () => {
    const many = Array.from({ length: formLimits.fieldsMax + 1 }, (_, at) => textField(`f${at}`));
    const agent = await startAgent({
      directory: directory.jid,
      commands: { many: { name: 'Many fields', fields: many }, convert },
    });
    const listings = await listed(agent.jid, ['Convert feet', 'Many fields']);
    expect(listings.find(({ name }) => name === 'Many fields')).toMatchObject({
      inputs: [],
      inputSchema: null,
    });
  });

  test("its command list names somebody else's address", async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert }, subscribe: false });
    agent.intercept = (iq) => {
      if (!queryIn(iq, NS_DISCO_ITEMS, NS_COMMANDS)) return undefined;
      const items = [
        xml('item', { jid: 'victim@works.test/x', node: 'stolen', name: 'Stolen' }),
        xml('item', { jid: 'foo@', node: 'broken', name: 'Broken' }),
        xml('item', { jid: agent.fullJid, node: 'convert', name: 'Convert feet' }),
      ];
      return xml('query', { xmlns: NS_DISCO_ITEMS, node: NS_COMMANDS }, items);
    };
    agent.subscribe();
    await listed(agent.jid, ['Convert feet']);
    expect(await agentOverHttp('victim@works.test')).toBeNull();
  });

  test('names hold invisible and reordering characters', async () => {
    const agent = await startAgent({
      directory: directory.jid,
      commands: { odd: { ...tune, name: 'Pay\u202epal \u200bof \u2028 \u009f ease' } },
    });
    await listed(agent.jid, ['Paypal of ease']);
  });
});

test('an answer from somebody else is ignored, whatever its id', async () => {
  const forger = await startAgent({ directory: directory.jid, commands: { tune } });
  const agent = await startAgent({ directory: directory.jid, commands: { convert }, subscribe: false });
  agent.intercept = async (iq) => {
    const { id, from } = iq.attrs;
    const forged = xml(
      'query',
      { xmlns: NS_DISCO_INFO },
      xml('identity', { category: 'client', type: 'pc' }),
      xml('feature', { var: NS_NOINDEX }),
    );
    // The right id, from an address that was not asked, before the right answer.
    forger.send(xml('iq', { type: 'result', id, to: from }, forged));
    await wait(200);
    return undefined;
  };
  agent.subscribe();
  await listed(agent.jid, ['Convert feet']);
});
