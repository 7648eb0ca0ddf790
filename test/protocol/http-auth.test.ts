import { describe, expect, test } from 'vitest';
import { readOnBehalfOf } from '../../protocol/dialects/on-behalf-of.ts';
import {
  readConfirm,
  readConfirmMessage,
  readConfirmResult,
  writeConfirmMessage,
} from '../../protocol/http-auth.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { canonicalXml, fixture, parseXml } from '../support/xml.ts';

const read = (name: string) => fixture(`xep-0070/${name}.xml`);
const confirm = { id: '482913', method: 'POST', url: 'https://guildhall.example/v1/tokens/challenges' };

describe('a request to confirm (XEP-0070)', () => {
  test('in a message has a thread, words and what is confirmed', () => {
    const body =
      'Somebody at 198.51.100.7 asks for a token that reads, in your name. If it was you, answer 482913.';
    const message = writeConfirmMessage({ to: 'ann@agents.test', thread: 't-5f3a', body, confirm });
    expect(canonicalXml(message)).toBe(canonicalXml(read('message')));
  });

  test.each([
    [
      'lacks its id',
      "<confirm xmlns='http://jabber.org/protocol/http-auth' method='GET' url='https://a.b'/>",
    ],
    ['lacks its url', "<confirm xmlns='http://jabber.org/protocol/http-auth' id='1' method='GET'/>"],
    [
      'has an odd method',
      "<confirm xmlns='http://jabber.org/protocol/http-auth' id='1' method='G T' url='https://a.b'/>",
    ],
    [
      'has an odd id',
      "<confirm xmlns='http://jabber.org/protocol/http-auth' id='1&#x202e;' method='GET' url='https://a.b'/>",
    ],
    ['is another', "<confirm xmlns='urn:x' id='1' method='GET' url='https://a.b'/>"],
  ])('is refused where it %s', (_what, text) => {
    expect(() => readConfirm(parseXml(text))).toThrow(ParseError);
  });
});

describe('an answer to a request to confirm', () => {
  test('in a message grants with what was asked, and denies with an error', () => {
    expect(readConfirmMessage(read('granted'))).toEqual({
      granted: true,
      confirm,
      thread: 't-5f3a',
      words: null,
      condition: null,
    });
    expect(readConfirmMessage(read('denied'))).toMatchObject({
      granted: false,
      confirm,
      thread: 't-5f3a',
      condition: 'not-authorized',
    });
  });

  test('in words alone grants nothing by itself', () => {
    const typed =
      "<message from='ann@agents.test/phone' type='chat'><body>yes</body><thread>t-5f3a</thread></message>";
    expect(readConfirmMessage(parseXml(typed))).toMatchObject({
      granted: false,
      confirm: null,
      thread: 't-5f3a',
      words: 'yes',
      condition: null,
    });
  });

  test('that the server could not deliver says why', () => {
    const bounced =
      "<message type='error'><thread>t</thread><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>";
    expect(readConfirmMessage(parseXml(bounced))).toMatchObject({
      granted: false,
      condition: 'service-unavailable',
    });
  });

  test('is no message of a room, and none about nothing', () => {
    const confirmed = read('granted');
    confirmed.attrs.type = 'groupchat';
    expect(readConfirmMessage(confirmed)).toBeNull();
    expect(readConfirmMessage(parseXml("<message><active xmlns='x'/></message>"))).toBeNull();
    expect(readConfirmMessage(parseXml('<iq><body>x</body></iq>'))).toBeNull();
  });

  test('by IQ grants as a result, whatever it holds, and denies as an error', () => {
    expect(readConfirmResult(read('iq-granted'))).toMatchObject({ granted: true, confirm: null });
    expect(readConfirmResult(read('iq-denied'))).toMatchObject({
      granted: false,
      confirm,
      condition: 'not-authorized',
    });
    expect(() => readConfirmResult(parseXml("<iq type='get'/>"))).toThrow(ParseError);
  });
});

describe('for whom a command is called', () => {
  const command = (inside: string) =>
    parseXml(`<command xmlns='http://jabber.org/protocol/commands' node='n'>${inside}</command>`);
  const of = (attributes: string) => `<on-behalf-of xmlns='urn:guildhall:call:0' ${attributes}/>`;

  test('is the client, prepared, and the contract', () => {
    expect(readOnBehalfOf(command(of("jid='Ann@Agents.test' contract='c1'")))).toEqual({
      jid: 'ann@agents.test',
      contract: 'c1',
    });
    expect(readOnBehalfOf(command(''))).toBeNull();
  });

  test.each([
    ['a full JID', of("jid='ann@agents.test/x' contract='c1'")],
    ['no JID', of("jid='@' contract='c1'")],
    ['no contract', of("jid='ann@agents.test'")],
    ['two clients', of("jid='a@b.test' contract='c'").repeat(2)],
  ])('is refused where it names %s', (_what, inside) => {
    expect(() => readOnBehalfOf(command(inside))).toThrow(ParseError);
  });
});
