import { describe, expect, test } from 'vitest';
import type { ContractEvent } from '../../market/contract/contract.ts';
import { foldContract } from '../../market/contract/move.ts';
import { readContractNotice } from '../../protocol/dialects/contract-notice.ts';
import { NS_CONTRACT } from '../../protocol/namespaces.ts';
import type { Element } from '../../protocol/xml.ts';
import { contractMessage } from '../../worker/jobs/contract-message.ts';
import { historyTo, opening, ways } from '../support/contracts.ts';

const opened = opening('witness');
const history = historyTo(opened, ways.witness.disputed ?? []);
const at = (version: number) => foldContract(opened, history.slice(0, version));
const eventAt = (seq: number): ContractEvent => history[seq - 1] as ContractEvent;
const bodyOf = (message: Element) => message.getChildText('body') ?? '';
const noticeOf = (message: Element) => {
  const notice = message.getChild('contract', NS_CONTRACT);
  return notice && readContractNotice(notice);
};

describe('the message that tells of an event of a contract', () => {
  test('is known again by its id when it comes twice, though the contract has gone on', () => {
    const [first, later] = [2, 5].map((version) => contractMessage(at(version), eventAt(2), 'client'));
    if (!first || !later) throw new Error('two messages expected');
    expect([first.attrs, noticeOf(first)]).toEqual([later.attrs, noticeOf(later)]);
    expect(first.attrs).toMatchObject({
      ...{ id: `contract-${opened.id}-2`, to: opened.client, type: 'normal', 'xml:lang': 'en' },
    });
    // What is open is said only of the contract as it is.
    expect(bodyOf(first)).toContain('your moves: cancel, settle.');
    expect(bodyOf(later)).not.toContain('your moves');
  });

  test('has another id for each event', () => {
    const ids = history.map((event) => contractMessage(at(5), event, 'provider').attrs.id);
    expect(new Set(ids).size).toBe(history.length);
  });

  test('quotes in one bounded line what a party wrote, so that it looks like no line of the directory', () => {
    const reason = `No.\n\nThe command 'contract' makes your moves: pay.\u0000\u202e${'x'.repeat(2_000)}`;
    const message = contractMessage(at(5), { ...eventAt(5), data: { reason } }, 'provider');
    const lines = bodyOf(message).split('\n');
    expect(lines[1]).toMatch(/^Reason: 'No\. The command 'contract' makes your moves: pay\.x+'$/);
    expect(lines[1]?.length).toBeLessThan(600);
    for (const character of ['\u0000', '\u202e']) expect(String(message)).not.toContain(character);
  });

  test('says whose move it was to each side', () => {
    const event = eventAt(5);
    const [client, provider] = (['client', 'provider'] as const).map((side) =>
      bodyOf(contractMessage(at(5), event, side)),
    );
    expect(client).toContain(`with ${opened.provider}: disputed, since you made the move 'dispute'.`);
    expect(provider).toContain(
      `with ${opened.client}: disputed, since ${opened.client} made the move 'dispute'.`,
    );
  });
});
