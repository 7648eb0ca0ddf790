import { describe, expect, test } from 'vitest';
import type { Element } from '../../../protocol/xml.ts';
import { Allowance } from '../../../worker/allowance.ts';
import { Chat, chatLimits } from '../../../worker/chat/chat.ts';
import { Patience, patienceLimits } from '../../../worker/chat/patience.ts';
import { ownMark } from '../../../worker/chat/words.ts';
import { Gate } from '../../../worker/gate.ts';
import { parseXml } from '../../support/xml.ts';

type Options = { own?: string; perJid?: number; perSite?: number };

/** A chat whose conversation only says what it was asked. */
function opened({ own = 'hall@agents.test', perJid = 0, perSite = 0 }: Options = {}) {
  const clock = { ms: Date.parse('2026-11-20T12:00:00Z') };
  const sent: Element[] = [];
  const faults: unknown[] = [];
  const chat = new Chat({
    conversation: {
      answer: async (_jid, request) => {
        if (request.wants === 'find' && request.query === 'fault') throw new Error('secret');
        return request.wants === 'find' ? `you look for ${request.query}` : request.wants;
      },
    },
    allowance: new Allowance({ perJid, perSite }, () => clock.ms),
    gate: new Gate(),
    own,
    rooms: [{ local: 'lobby', domain: 'rooms.test', resource: '' }],
    send: (stanza) => sent.push(stanza),
    onError: (error) => faults.push(error),
    now: () => clock.ms,
  });
  const write = (stanza: string) => chat.onMessage(parseXml(stanza));
  const say = async (body: string, from = 'ann@works.test/desk') => {
    const before = sent.length;
    await write(`<message from='${from}' type='chat' id='1'><body>${body}</body></message>`);
    return sent[before]?.getChildText('body') ?? null;
  };
  return { chat, clock, sent, faults, write, say };
}

describe('a message to the directory', () => {
  test('is answered to the resource that wrote it, in its thread, by its type, in English', async () => {
    const { write, sent } = opened();
    await write(
      `<message from='ann@works.test/desk' type='chat' id='7'><body>help</body><thread parent='p'>t1</thread></message>`,
    );
    const [reply] = sent;
    expect(reply?.attrs).toMatchObject({ to: 'ann@works.test/desk', type: 'chat', 'xml:lang': 'en' });
    expect(reply?.attrs.from).toBeUndefined();
    expect([reply?.getChildText('thread'), reply?.getChild('thread')?.attrs.parent]).toEqual(['t1', 'p']);
    expect(reply?.getChildText('body')).toBe(`${ownMark} help`);
    expect(reply?.getChild('received')).toBeUndefined();
    await write(`<message from='ann@works.test'><body>help</body></message>`);
    expect(sent[1]?.attrs).toMatchObject({ to: 'ann@works.test', type: 'normal' });
  });

  test('has its receipt in the reply, where it asks for one', async () => {
    const { write, sent } = opened();
    await write(
      `<message from='a@b.test/c' type='chat' id='7'><body>help</body><request xmlns='urn:xmpp:receipts'/></message>`,
    );
    expect(sent).toHaveLength(1);
    expect(sent[0]?.getChild('received', 'urn:xmpp:receipts')?.attrs.id).toBe('7');
  });

  test.each([
    ['of type error', `<message type='error' from='a@b.test/c'><body>help</body></message>`],
    ['of type groupchat', `<message type='groupchat' from='a@b.test/c'><body>help</body></message>`],
    ['of type headline', `<message type='headline' from='a@b.test/c'><body>help</body></message>`],
    ['without a sender', `<message type='chat'><body>help</body></message>`],
    ['without a body', `<message type='chat' from='a@b.test/c'><subject>help</subject></message>`],
    ['with an empty body', `<message type='chat' from='a@b.test/c'><body> \n </body></message>`],
    [
      'that is a chat state',
      `<message type='chat' from='a@b.test/c'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
    ],
    [
      'that is a receipt',
      `<message type='chat' from='a@b.test/c'><received xmlns='urn:xmpp:receipts' id='1'/></message>`,
    ],
    [
      'that is a marker',
      `<message type='chat' from='a@b.test/c'><displayed xmlns='urn:xmpp:chat-markers:0' id='1'/></message>`,
    ],
    [
      'that is a notification',
      `<message from='pubsub.b.test'><body>News</body><event xmlns='http://jabber.org/protocol/pubsub#event'/></message>`,
    ],
    [
      'that is an invitation',
      `<message from='a@b.test/c'><body>Come</body><x xmlns='jabber:x:conference' jid='r@rooms.test'/></message>`,
    ],
    [
      'that is a reaction',
      `<message type='chat' from='a@b.test/c'><body>Yes</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reactions:0'/></message>`,
    ],
    [
      'that asks for confirmation',
      `<message from='a@b.test/c'><body>Ok?</body><confirm xmlns='http://jabber.org/protocol/http-auth'/></message>`,
    ],
    [
      'by way of a room',
      `<message type='chat' from='r@rooms.test/nick'><body>help</body><x xmlns='http://jabber.org/protocol/muc#user'/></message>`,
    ],
    [
      'by way of its own room',
      `<message type='chat' from='lobby@rooms.test/nick'><body>help</body></message>`,
    ],
    ['from itself', `<message type='chat' from='hall@agents.test/other'><body>help</body></message>`],
    ['from its own server', `<message from='agents.test'><body>Welcome!</body></message>`],
    [
      'that was kept for longer than it waits',
      `<message type='chat' from='a@b.test/c'><body>help</body><delay xmlns='urn:xmpp:delay' stamp='2026-11-20T11:54:59Z'/></message>`,
    ],
    [
      'kept since nobody knows when',
      `<message type='chat' from='a@b.test/c'><body>help</body><delay xmlns='urn:xmpp:delay' stamp='long ago'/></message>`,
    ],
    [
      'that is its own reply',
      `<message type='chat' from='a@b.test/c'><body>${ownMark} results</body></message>`,
    ],
    [
      'that holds its own reply',
      `<message type='chat' from='a@b.test/c'><body>Re: ${ownMark} results</body></message>`,
    ],
    ['that only quotes', `<message type='chat' from='a@b.test/c'><body>&gt; help</body></message>`],
  ])('%s is not answered', async (_what, stanza) => {
    const { write, sent } = opened();
    await write(stanza);
    expect(sent).toEqual([]);
  });

  test('that replies to another one is answered for what it says itself', async () => {
    const { write, sent } = opened();
    await write(
      `<message type='chat' from='a@b.test/c'><body>&gt; help\nstatus</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='7'/></fallback></message>`,
    );
    expect(sent[0]?.getChildText('body')).toBe(`${ownMark} status`);
  });

  test('that waited shortly is answered', async () => {
    const { write, sent } = opened();
    await write(
      `<message type='chat' from='a@b.test/c'><body>help</body><delay xmlns='urn:xmpp:delay' stamp='2026-11-20T11:55:01Z'/></message>`,
    );
    expect(sent).toHaveLength(1);
  });

  test('that is encrypted is told so, whatever its body says', async () => {
    const { write, sent } = opened();
    await write(
      `<message type='chat' from='a@b.test/c'><body>find x</body><encryption xmlns='urn:xmpp:eme:0' namespace='o'/></message>`,
    );
    expect(sent[0]?.getChildText('body')).toContain('plain text');
  });

  test('on which the directory fails is told that, and not why', async () => {
    const { say, faults } = opened();
    expect(await say('fault')).toBe(`${ownMark} The directory failed; please try again shortly.`);
    expect(faults).toEqual([new Error('secret')]);
  });

  test('from a component that is the directory is none of somebody else', async () => {
    const { say } = opened({ own: 'hall.agents.test' });
    expect(await say('help', 'hall.agents.test')).toBeNull();
    expect(await say('help', 'x@hall.agents.test')).toBeNull();
    expect(await say('help', 'ann@agents.test')).not.toBeNull();
  });
});

describe('whoever never stops writing', () => {
  test('is answered so often, told once that this is all, and then not at all until the pause is over', async () => {
    const { say, sent, clock } = opened();
    const { repliesMax, windowMs, pauseMs } = patienceLimits;
    for (let at = 0; at < 500; at++) await say(`this is number ${at}`);
    expect(sent).toHaveLength(repliesMax + 1);
    expect(sent.at(-1)?.getChildText('body')).toContain('I stop answering you for 10 minutes.');
    expect(await say('help', 'ann@works.test/another')).toBeNull();
    expect(await say('help', 'bob@works.test/desk')).not.toBeNull();
    clock.ms += pauseMs - 1;
    expect(await say('help')).toBeNull();
    clock.ms += 2;
    expect(await say('help')).not.toBeNull();
    clock.ms += windowMs + 1;
    expect(await say('help')).not.toBeNull();
  });

  test('is done sooner with where it repeats itself', async () => {
    const { say, sent, clock } = opened();
    for (let at = 0; at < 100; at++) {
      await say('beep');
      clock.ms += 1_000;
    }
    expect(sent).toHaveLength(
      1 + Math.floor((patienceLimits.repliesMax - 1) / patienceLimits.repeatCost) + 1,
    );
  });

  test('from an address that asks too much is told so once', async () => {
    const { say, sent, clock } = opened({ perJid: 4 });
    for (let at = 0; at < 20; at++) await say(`number ${at}`);
    expect(sent).toHaveLength(3);
    expect(sent.at(-1)?.getChildText('body')).toContain('Too many questions from your address.');
    clock.ms += chatLimits.excessPauseMs + 1;
    expect(await say('help')).toBe(`${ownMark} help`);
  });

  test('does not begin anew by asking too much', async () => {
    const { say, sent, clock } = opened({ perJid: 40 });
    for (let round = 0; round < 5; round++) {
      for (let at = 0; at < 25; at++) await say(`round ${round}, number ${at}`);
      clock.ms += chatLimits.excessPauseMs + 1;
    }
    expect(sent.length).toBeLessThanOrEqual(patienceLimits.repliesMax + 1);
  });

  test('from many addresses of a domain is told so once, and other domains are answered', async () => {
    const { say, sent } = opened({ perSite: 4 });
    for (let at = 0; at < 20; at++) await say('hello', `u${at}@works.test/r`);
    expect(sent).toHaveLength(3);
    expect(sent.at(-1)?.getChildText('body')).toContain('Too many questions from your domain.');
    expect(await say('help', 'a@elsewhere.test/r')).toBe(`${ownMark} help`);
  });

  test('is remembered among so many, and no more', () => {
    const patience = new Patience();
    for (let at = 0; at < patienceLimits.keysMax + 500; at++) patience.take(`u${at}@x.test`, 'hello');
    expect(patience.size).toBe(patienceLimits.keysMax);
  });
});

test('messages of one address are answered in their order, a few at a time', async () => {
  const { write, sent } = opened();
  const all = Array.from({ length: 40 }, (_, at) =>
    write(`<message from='a@b.test/c' type='chat'><body>w${at}</body></message>`),
  );
  await Promise.all(all);
  const said = sent.map((stanza) => stanza.getChildText('body'));
  expect(said).toEqual(
    Array.from({ length: chatLimits.waitingPerJidMax }, (_, at) => `${ownMark} you look for w${at}`),
  );
});

test('two directories that are made to talk end after one reply', async () => {
  const [one, other] = [opened({ own: 'one@a.test' }), opened({ own: 'two@b.test' })];
  await one.write(`<message from='two@b.test/guildhall' type='chat'><body>hello</body></message>`);
  for (let at = 0; at < 10; at++) {
    const reply = one.sent[at]?.getChildText('body');
    if (reply) await other.say(reply, 'one@a.test/guildhall');
    const back = other.sent[at]?.getChildText('body');
    if (back) await one.say(back, 'two@b.test/guildhall');
  }
  expect([one.sent.length, other.sent.length]).toEqual([1, 0]);
});
