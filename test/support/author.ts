import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { NS_COMMANDS, NS_ROSTER } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { registerAccount } from '../../scripts/register.ts';
import { openSession, type Session } from '../../scripts/specialists/session.ts';
import { afterwards } from './afterwards.ts';
import { until } from './directory.ts';
import type { OwnServer } from './network.ts';
import { type Page, shapeOf } from './page.ts';

/** Whose questions the page shows. */
export const askers = ['the directory sends', 'your server sends', 'a caller sends'];

/** Somebody who does what the page says, with nothing but its stanzas. */
export class Author {
  #session: Session;
  #received: Element[];
  #jid: string;
  #page: Page;
  /** Names of the page's answers that take the place of others. */
  #answers = new Map<string, string>();
  /** Questions that came, by their names on the page; those that it does not know as they are. */
  asked: string[] = [];

  private constructor(session: Session, received: Element[], jid: string, page: Page) {
    this.#session = session;
    this.#received = received;
    this.#jid = jid;
    this.#page = page;
  }

  /** An account of the server's, which follows the page. */
  static async connect({ service, domain }: OwnServer, page: Page): Promise<Author> {
    const username = `p${randomBytes(5).toString('hex')}`;
    await registerAccount({ service, domain, username, password: 'test' });
    const received: Element[] = [];
    const open = { service, domain, username, password: 'test', resource: 'bot', onEnd: () => undefined };
    const onStanza = (stanza: Element) => author.#take(stanza);
    const session = await openSession({ ...open, onStanza });
    const author: Author = new Author(session, received, `${username}@${domain}`, page);
    afterwards(() => session.close());
    return author;
  }

  get jid(): string {
    return this.#jid;
  }

  get fullJid(): string {
    return this.#session.fullJid;
  }

  /** The page's stanza, with the addresses of this test in place of its own. */
  stanza(title: string, sessionId = 'SESSION'): Element {
    return this.#page.stanza(title, [
      ['dice@agents.test', this.#jid],
      ['SESSION', sessionId],
    ]);
  }

  /** Sends one of the page's stanzas; of a question, returns the answer. */
  async send(name: string, sessionId?: string): Promise<Element | null> {
    const stanza = this.stanza(`you send: ${name}`, sessionId);
    const { type, to } = stanza.attrs;
    const [payload] = stanza.getChildElements();
    if (stanza.name === 'iq' && payload) return this.#session.request(type as 'get' | 'set', payload, to);
    this.#session.send(stanza);
    return null;
  }

  /** Goes through a command of the directory's; returns its last answer. */
  async walk(...names: string[]): Promise<Element> {
    let answer: Element | null = null;
    for (const name of names) {
      const sessionId = answer?.getChild('command', NS_COMMANDS)?.attrs.sessionid;
      answer = await this.send(name, sessionId);
      if (answer && this.#page.namesOf('the directory answers').includes(name)) {
        expect(shapeOf(answer)).toBe(shapeOf(this.stanza(`the directory answers: ${name}`)));
      }
    }
    if (!answer) throw new Error('no answer');
    return answer;
  }

  /** Waits for a stanza of the directory's that the page shows. */
  async receives(name: string): Promise<void> {
    const shape = shapeOf(this.stanza(`the directory sends: ${name}`));
    await until(`the directory sends ${name}`, async () =>
      this.#received.some((one) => shapeOf(one) === shape),
    );
  }

  /** Asks somebody else; returns the answer's payload. */
  async call(payload: Element, to: string): Promise<Element> {
    const [answer] = (await this.#session.request('set', payload, to)).getChildElements();
    if (!answer) throw new Error('the answer is empty');
    return answer;
  }

  /** From now on answers with another of the page's answers. */
  say(question: string, answer: string): void {
    this.#answers.set(question, answer);
  }

  #take(stanza: Element): void {
    this.#received.push(stanza);
    const { type, from, id } = stanza.attrs;
    if (stanza.name !== 'iq' || (type !== 'get' && type !== 'set')) return;
    if (stanza.getChild('query', NS_ROSTER)) {
      this.#session.send(xml('iq', { type: 'result', id }));
      return;
    }
    const name = this.#nameOf(stanza);
    this.asked.push(name ?? stanza.toString());
    const answer = name === null ? null : this.stanza(`you answer: ${this.#answers.get(name) ?? name}`);
    const payload = answer ? answer.getChildElements() : xml('error', { type: 'cancel' });
    this.#session.send(xml('iq', { type: answer ? 'result' : 'error', to: from, id }, payload));
  }

  /** Which of the page's questions this is, whoever asks. */
  #nameOf(stanza: Element): string | null {
    const payload = (iq: Element) =>
      iq
        .getChildElements()
        .map((child) => shapeOf(child))
        .join();
    for (const who of askers) {
      const found = this.#page
        .namesOf(who)
        .find((name) => payload(this.stanza(`${who}: ${name}`)) === payload(stanza));
      if (found) return found;
    }
    return null;
  }
}
