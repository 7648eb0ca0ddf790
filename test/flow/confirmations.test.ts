import { beforeAll, describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { pickUp, startChallenge } from '../../operations/challenges.ts';
import { NS_HTTP_AUTH } from '../../protocol/namespaces.ts';
import { writeStanzaError } from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { createDirectory, runWorker, type TestDirectory, until } from '../support/directory.ts';

let directory: TestDirectory;
const deps = () => ({ db: directory.db, policy: parsePolicy('agents.test', 'agents.test') });

beforeAll(async () => {
  directory = await createDirectory();
  const worker = await runWorker(directory);
  await until('the directory is online', async () => worker.session.ready);
});

async function person(): Promise<TestAgent> {
  const agent = await startAgent({ directory: directory.jid, subscribe: false });
  await grantConsent(directory.db, agent.jid);
  return agent;
}

async function ask(address: string) {
  const started = await startChallenge(deps(), {
    ...{ address, code: '482913', scopes: ['trade'], days: 7, label: null },
    ...{ url: 'https://guildhall.example/v1/tokens/challenges', requester: '198.51.100.7' },
  });
  if (isProblem(started)) throw new Error(started.detail);
  return started;
}

/** What the challenge comes to, once it no longer waits. */
const outcome = ({ id, verifier }: { id: string; verifier: string }) =>
  until('the challenge is answered', async () => {
    const now = await pickUp(deps(), id, verifier);
    return isProblem(now) || 'token' in now ? now : null;
  });

/** What the person's client was sent, and the answer that it would give. */
function message(agent: TestAgent): Promise<{ stanza: Element; reply: (...children: Element[]) => void }> {
  const heard: Element[] = [];
  agent.onMessage = (stanza) => void heard.push(stanza);
  return until('the request comes', async () => {
    const stanza = heard.find((one) => one.getChild('confirm', NS_HTTP_AUTH));
    if (!stanza) return null;
    const thread = xml('thread', {}, stanza.getChildText('thread') ?? '');
    const { from: to } = stanza.attrs;
    return {
      stanza,
      reply: (...children) => agent.send(xml('message', { to, type: 'normal' }, thread, children)),
    };
  });
}

describe('an address is asked', () => {
  test('by message, which says what for, and its client confirms', async () => {
    const agent = await person();
    const came = message(agent);
    const challenge = await ask(agent.jid);
    const { stanza, reply } = await came;
    const body = stanza.getChildText('body') ?? '';
    for (const part of ['198.51.100.7', '482913', 'make contracts in your name', '7 days'])
      expect(body).toContain(part);
    expect(stanza.getChild('confirm', NS_HTTP_AUTH)?.attrs).toMatchObject({ id: '482913', method: 'POST' });
    reply(xml('confirm', { ...stanza.getChild('confirm', NS_HTTP_AUTH)?.attrs }));
    expect(await outcome(challenge)).toMatchObject({ token: expect.stringMatching(/^guildhall_/) });
  });

  test('by message, and a person who sees nothing but its words answers with the code', async () => {
    const agent = await person();
    const came = message(agent);
    const challenge = await ask(agent.jid);
    const { stanza } = await came;
    const to = stanza.attrs.from;
    agent.send(xml('message', { to, type: 'chat' }, xml('body', {}, 'yes')));
    agent.send(xml('message', { to, type: 'chat' }, xml('body', {}, '482913')));
    expect(await outcome(challenge)).toMatchObject({ token: expect.any(String) });
  });

  test('by message, and denies it', async () => {
    const agent = await person();
    const came = message(agent);
    const challenge = await ask(agent.jid);
    const { stanza } = await came;
    agent.send(
      xml(
        'message',
        { to: stanza.attrs.from, type: 'error' },
        xml('thread', {}, stanza.getChildText('thread') ?? ''),
        xml('confirm', { ...stanza.getChild('confirm', NS_HTTP_AUTH)?.attrs }),
        writeStanzaError({ type: 'auth', condition: 'not-authorized', text: null }),
      ),
    );
    expect(await outcome(challenge)).toMatchObject({
      problem: 'challenge-ended',
      detail: expect.stringContaining('denied'),
    });
  });

  test('at its resource by IQ, and grants with an empty result', async () => {
    const agent = await person();
    const asked: Element[] = [];
    agent.intercept = (iq) => {
      const confirm = iq.getChild('confirm', NS_HTTP_AUTH);
      if (confirm) asked.push(confirm);
      return confirm ? xml('confirm', { ...confirm.attrs }) : undefined;
    };
    const challenge = await ask(agent.fullJid);
    expect(await outcome(challenge)).toMatchObject({ token: expect.any(String) });
    expect(asked[0]?.attrs).toMatchObject({ id: '482913', method: 'POST' });
  });

  test('at its resource by IQ, and denies, or does not know what is asked', async () => {
    for (const [condition, word] of [
      ['not-authorized', 'denied'],
      ['service-unavailable', 'could not be asked'],
    ] as const) {
      const agent = await person();
      agent.intercept = (iq) =>
        iq.getChild('confirm', NS_HTTP_AUTH)
          ? writeStanzaError({ type: 'auth', condition, text: null })
          : undefined;
      expect(await outcome(await ask(agent.fullJid))).toMatchObject({
        detail: expect.stringContaining(word),
      });
    }
  });

  test('and nobody else can answer for it', async () => {
    const [agent, eve] = [await person(), await person()];
    const came = message(agent);
    const { id, verifier } = await ask(agent.jid);
    const { stanza, reply } = await came;
    const thread = xml('thread', {}, stanza.getChildText('thread') ?? '');
    const confirm = xml('confirm', { ...stanza.getChild('confirm', NS_HTTP_AUTH)?.attrs });
    eve.send(xml('message', { to: stanza.attrs.from, type: 'normal' }, thread, confirm));
    // A stanza of eve's that is answered has come after the first.
    await eve.ask(
      'get',
      xml('query', { xmlns: 'http://jabber.org/protocol/disco#info' }),
      `${stanza.attrs.from}`,
    );
    expect(await pickUp(deps(), id, verifier)).toMatchObject({ waiting: true });
    reply(xml('confirm', { ...stanza.getChild('confirm', NS_HTTP_AUTH)?.attrs }));
    expect(await outcome({ id, verifier })).toMatchObject({ token: expect.any(String) });
  });
});
