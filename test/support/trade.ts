import { grantConsent } from '../../db/consent.ts';
import type { Contract } from '../../market/contract/contract.ts';
import type { CommandResponse } from '../../protocol/commands.ts';
import { type ContractNotice, readContractNotice } from '../../protocol/dialects/contract-notice.ts';
import { NS_CONTRACT } from '../../protocol/namespaces.ts';
import type { Element } from '../../protocol/xml.ts';
import type { TestAgent } from './agent.ts';
import { askCommand } from './ask-command.ts';
import type { TestDirectory } from './directory.ts';
import type { Values } from './fields.ts';

export type ToldContract = ContractNotice & { stanza: Element };

/** What the agent is told of its contracts from now on, in the order in which it comes. */
export function contractsToldTo(agent: TestAgent): ToldContract[] {
  const told: ToldContract[] = [];
  agent.onMessage = (stanza) => {
    const notice = stanza.getChild('contract', NS_CONTRACT);
    if (notice) told.push({ ...readContractNotice(notice), stanza });
  };
  return told;
}

export const valueIn = ({ form }: CommandResponse, name: string) => valuesIn({ form }, name)[0] ?? '';
export const valuesIn = ({ form }: Pick<CommandResponse, 'form'>, name: string) =>
  form?.fields.find((field) => field.var === name)?.values ?? [];

/** The commands of contracts at a directory of the test's. */
export function tradeAt(directory: () => Pick<TestDirectory, 'address' | 'db'>) {
  /** Goes through a command, one submitted form after the other. */
  async function walk(agent: TestAgent, node: string, ...stages: Values[]): Promise<CommandResponse> {
    const { address } = directory();
    let answer = await askCommand(agent, address, node, {});
    for (const values of stages) {
      const action = answer.actions.includes('next') ? 'next' : 'complete';
      answer = await askCommand(agent, address, node, { sid: answer.sessionId, action, values });
    }
    return answer;
  }

  /** Makes a move, with what goes with it; the answer is the last one. */
  const move = (agent: TestAgent, id: string, name: string, ...said: Values[]) =>
    walk(agent, 'contract', { id }, { move: name }, ...said);

  /** Opens a contract with somebody whom the directory knows; returns its id. */
  async function open(agent: TestAgent, other: TestAgent, more: Values = {}): Promise<string> {
    await grantConsent(directory().db, other.jid);
    const answer = await walk(agent, 'witness', {
      ...{ side: 'client', other: other.jid, terms: 'A logo.' },
      ...(more as object),
    });
    const id = valueIn(answer, 'id');
    if (!id) throw new Error(`not opened: ${JSON.stringify(answer.notes)}`);
    return id;
  }

  const movesOf = async (agent: TestAgent, id: string) =>
    valuesIn(await walk(agent, 'contracts', { id }), 'moves');
  const stateOf = async (agent: TestAgent, id: string) =>
    valueIn(await walk(agent, 'contracts', { id }), 'state') as Contract['state'];

  return { walk, move, open, movesOf, stateOf };
}
