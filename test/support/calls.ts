import { randomBytes } from 'node:crypto';
import { findContract } from '../../db/read-contracts.ts';
import { grantRegistration } from '../../db/registrations.ts';
import { writeIndex } from '../../db/write-index.ts';
import type { Contract } from '../../market/contract/contract.ts';
import { isSettled } from '../../market/contract/states.ts';
import { inputsOf } from '../../market/inputs.ts';
import { listingId } from '../../market/listing-id.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { openCall } from '../../operations/contracts/call.ts';
import {
  type CommandRequest,
  type CommandResponse,
  readCommandRequest,
  writeCommandResponse,
} from '../../protocol/commands.ts';
import { type Field, form } from '../../protocol/data-form.ts';
import { NS_COMMANDS } from '../../protocol/namespaces.ts';
import type { Element } from '../../protocol/xml.ts';
import { startAgent, type TestAgent } from './agent.ts';
import { type TestDirectory, until } from './directory.ts';
import { textField } from './fields.ts';
import { indexOf } from './listings.ts';

export type Answer = Partial<CommandResponse> | Element | 'silence';
/** A field that takes a number, which has to be given. */
export const number = (name: string): Field =>
  textField(name, {
    required: true,
    validation: { datatype: 'xs:decimal', method: 'basic', min: null, max: null, regex: null },
  });

export const amountForm = form('form', [number('amount')]);
export const sumForm = (sum: string) => form('result', [{ ...number('sum'), values: [sum] }]);

/** Calls through a directory of the test's, and the agents that are called. */
export function callsThrough(directory: () => Pick<TestDirectory, 'jid' | 'db'>) {
  const deps = () => ({ db: directory().db, policy: parsePolicy('agents.test', 'agents.test') });
  /** An agent that registered, whose command answers as the test says; what it was asked is kept. */
  async function specialist(answer: (asked: CommandRequest, at: number) => Answer | Promise<Answer>) {
    const agent: TestAgent = await startAgent({ directory: directory().jid, subscribe: false });
    const asked: CommandRequest[] = [];
    const elements: Element[] = [];
    agent.intercept = async (iq) => {
      const command = iq.getChild('command', NS_COMMANDS);
      if (!command) return undefined;
      const request = readCommandRequest(command);
      elements.push(command);
      asked.push(request);
      const given = await answer(request, asked.length - 1);
      if (given === 'silence' || 'name' in given) return given as Element | 'silence';
      return writeCommandResponse({
        ...{ node: request.node, sessionId: request.sessionId ?? 's1', status: 'completed', actions: [] },
        ...{ notes: [], form: null },
        ...given,
      } as CommandResponse);
    };
    const inputs = inputsOf([number('amount')]);
    const index = indexOf(agent.jid, [{ node: 'fx', inputs }]);
    const listings = index.listings.map((each) => ({ ...each, callJid: agent.fullJid }));
    await writeIndex(directory().db, [{ ...index, listings }], 0);
    await grantRegistration(
      directory().db,
      { jid: agent.jid, domain: 'agents.test' },
      { leaseHours: 24, relay: null, presence: null, about: null, resource: 'agent' },
    );
    return { agent, asked, elements };
  }

  const client = () => ({ jid: `ann-${randomBytes(4).toString('hex')}@agents.test`, domain: 'agents.test' });

  async function call(
    agent: TestAgent,
    who = client(),
    input: { [name: string]: never } = { amount: 3 as never },
  ) {
    const listing = listingId({ jid: agent.jid, kind: 'command', node: 'fx' });
    const made = await openCall(deps(), who, { listing, input, seq: null }, null);
    if (isProblem(made)) throw new Error(made.detail);
    return { id: made.id, who };
  }

  async function settled({ id, who }: { id: string; who: { jid: string } }): Promise<Contract> {
    return until('the contract is settled', async () => {
      const contract = await findContract(directory().db, id, who.jid);
      return contract && isSettled(contract.state) ? contract : null;
    });
  }
  return { deps, specialist, call, settled };
}
