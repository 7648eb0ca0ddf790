/**
 * Carries calls on: runs the command at the agent for the client, stage by stage, and writes what it hears as the directory's
 * moves. Before a stanza goes out it is noted that it does; one of which nothing is known any more is never sent again.
 */

import { claimStep, type Thread } from '../../db/contracts.ts';
import type { Database } from '../../db/database.ts';
import { contractHistory } from '../../db/read-contracts.ts';
import { fittingResult, formResult } from '../../market/call-result.ts';
import type { Ask, Contract } from '../../market/contract/contract.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import { answerStage, askOf } from '../../market/form-answer.ts';
import { isProblem } from '../../market/problem.ts';
import type { DirectoryMove } from '../../operations/contracts/move.ts';
import { type CommandAction, type CommandResponse, writeCommandRequest } from '../../protocol/commands.ts';
import { type Form, form } from '../../protocol/data-form.ts';
import { writeOnBehalfOf } from '../../protocol/dialects/on-behalf-of.ts';
import type { Json } from '../../protocol/json.ts';
import type { Session } from '../session.ts';
import { meaningOf, notReached } from './answer-of.ts';
import type { KnownCall, Ledger } from './ledger.ts';
import { insist, moveOn, readCall } from './moves.ts';
import { Reach } from './reach.ts';

export const relayLimits = {
  /** Stages of one call that are answered without asking its client. */
  stagesMax: 20,
  /** How often a session that an agent silently began anew is taken up. */
  restartsMax: 1,
} as const;

export type RelayDeps = {
  db: Database;
  ledger: Ledger;
  session: Pick<Session, 'ready' | 'ask'>;
  /** How long an agent may take over one stage. */
  timeoutMs: number;
};

/** What the worker keeps of a call: where it stands with the agent. */
type CallThread = {
  node: string;
  jid: string;
  /** `todo`: nothing went out. `sent`: a stanza did. `asked`: the agent waits for the client. `closed`: it is over. */
  step: 'todo' | 'sent' | 'asked' | 'closed';
  session: string | null;
  /** The stage that the agent waits to have answered. */
  stage: Form | null;
  actions: CommandAction[];
};

/** What the listing says its values are. */
type OutputSchema = Parameters<typeof formResult>[2];

type Given = { [name: string]: Json };

export class Relay {
  #deps: RelayDeps;
  #reach: Reach;
  /** Calls whose answers this process waits for, as they stand with their agents: the database hears of it later. */
  #underWay = new Map<string, CallThread>();

  constructor(deps: RelayDeps) {
    this.#deps = deps;
    this.#reach = new Reach(deps.session);
  }

  /** Does what is next for the call. @throws where it has to be tried again: nothing has gone out then. */
  async carryOn(call: KnownCall): Promise<void> {
    const { id, state } = call.contract;
    const thread = threadOf(call.thread);
    switch (state) {
      case 'accepted':
        return this.#begin(call, thread);
      case 'working':
        if (thread.step === 'asked') return this.#goOn(call, thread);
        if (this.#underWay.has(id)) return;
        await this.#move(id, {
          move: 'lose',
          data: { reason: 'The directory stopped before the agent answered.' },
          thread: { ...thread, step: 'closed' },
        });
        return;
      case 'cancelled':
      case 'expired':
        return this.#close(this.#underWay.get(id) ?? thread);
      default:
        return;
    }
  }

  async #begin({ contract, denied, target }: KnownCall, thread: CallThread): Promise<void> {
    const { ledger, session } = this.#deps;
    if (denied || !target) {
      const reason = denied?.detail ?? 'The listing is gone.';
      await this.#move(contract.id, { move: 'fail', data: { reason, fault: 'provider' } });
      return;
    }
    if (!session.ready) throw new Error('there is no session; the call has to wait');
    const { jid } = target;
    if (await this.#isAbsent(contract, { ...thread, jid })) return;
    const begun: CallThread = { ...thread, jid, step: 'sent' };
    const started = await ledger.move(contract, { move: 'start', data: {}, thread: begun });
    // The client may have cancelled, or the time may be over.
    if (!started || isProblem(started)) return;
    await this.#run(started, target.outputSchema, begun, { action: 'execute', form: null });
  }

  /** The client gave what was asked for. */
  async #goOn({ contract, denied, target }: KnownCall, thread: CallThread): Promise<void> {
    const { db, session } = this.#deps;
    if (denied) return this.#withdraw(contract, thread, denied.detail);
    const stage = thread.stage ?? form('form', []);
    const answer = answerStage(stage, await this.#given(contract));
    if (!answer.submit) {
      return this.#askClient(contract, thread, askOf(stage, answer.errors));
    }
    if (!session.ready) throw new Error('there is no session; the call has to wait');
    if (await this.#isAbsent(contract, thread)) return;
    const sent: CallThread = { ...thread, step: 'sent', stage: null };
    if (!(await claimStep(db, contract, 'asked', sent))) return;
    await this.#run(contract, target?.outputSchema ?? null, sent, {
      action: actionOf(thread.actions),
      form: answer.submit,
    });
  }

  /** Fails the call where nobody is there to be called; nothing has gone out then that could have an effect. */
  async #isAbsent({ id }: Contract, thread: CallThread): Promise<boolean> {
    const condition = await this.#reach.absence(thread.jid);
    if (condition === null) return false;
    const { reason, fault } = notReached(condition);
    await this.#move(id, {
      move: 'fail',
      data: { reason, fault },
      thread: { ...thread, step: 'closed', stage: null },
    });
    return true;
  }

  async #run(contract: Contract, schema: OutputSchema, thread: CallThread, first: Request): Promise<void> {
    try {
      await this.#stages(contract, schema, thread, first);
    } finally {
      this.#underWay.delete(contract.id);
    }
  }

  async #stages(contract: Contract, schema: OutputSchema, begun: CallThread, first: Request): Promise<void> {
    const { id, client } = contract;
    let thread = begun;
    let request = first;
    let restarts = 0;
    for (let stages = 0; stages < relayLimits.stagesMax; stages++) {
      const { node, jid, session: sessionId } = thread;
      this.#underWay.set(id, thread);
      const command = writeCommandRequest({ node, sessionId, ...request }, [
        writeOnBehalfOf({ jid: client, contract: id }),
      ]);
      const outcome = await this.#deps.session.ask(jid, 'set', command, this.#deps.timeoutMs);
      if (outcome.kind === 'result') this.#reach.heard(jid);
      const meaning = meaningOf(outcome, node);
      if (meaning.kind === 'lost') this.#reach.lost(jid);
      if (meaning.kind !== 'stage') return this.#end(contract, schema, thread, meaning);

      const { response } = meaning;
      const isRestarted = sessionId !== null && response.sessionId !== sessionId;
      thread = { ...thread, session: response.sessionId, actions: response.actions };
      // Permission may be withdrawn while the call is under way.
      const now = await readCall(this.#deps.ledger, id);
      if (now?.contract.state !== 'working') return this.#close(thread);
      if (isRestarted && ++restarts > relayLimits.restartsMax) {
        return this.#withdraw(contract, thread, 'The agent begins its session anew again and again.');
      }
      if (now.denied) return this.#withdraw(contract, thread, now.denied.detail);
      const answer = answerStage(response.form ?? form('form', []), await this.#given(contract));
      const isRefused = !isRestarted && isSameStage(request.form, response);
      if (!answer.submit || isRefused) {
        const stage = response.form ?? form('form', []);
        const ask = askOf(stage, answer.errors);
        const said = [ask.text, ...response.notes.map(({ text }) => text)].filter(Boolean).join('\n');
        const asked = { ...thread, step: 'asked' as const, stage };
        return this.#askClient(contract, asked, { ...ask, text: said || null });
      }
      request = { action: actionOf(response.actions), form: answer.submit };
    }
    await this.#withdraw(contract, thread, 'The agent asks for ever more.');
  }

  async #askClient(contract: Contract, thread: CallThread, ask: Ask): Promise<void> {
    const moved = await this.#move(contract.id, { move: 'ask', data: { ask }, thread });
    // It is too much, or was asked too often; a contract that has ended meanwhile stays as it is.
    if (moved && isProblem(moved))
      await this.#withdraw(contract, thread, 'The agent asks for more than the directory passes on.');
  }

  /** Writes how the call ended. */
  async #end(
    contract: Contract,
    schema: OutputSchema,
    thread: CallThread,
    meaning: Exclude<ReturnType<typeof meaningOf>, { kind: 'stage' }>,
  ): Promise<void> {
    const { id } = contract;
    const closed: CallThread = { ...thread, step: 'closed', stage: null };
    switch (meaning.kind) {
      case 'lost':
        await this.#move(id, { move: 'lose', data: { reason: meaning.reason }, thread: closed });
        // Whatever it has done, it need not go on.
        return this.#close(thread);
      case 'declined':
        await this.#move(id, { move: 'decline', data: { reason: meaning.reason }, thread: closed });
        return;
      case 'failed': {
        const { reason, fault } = meaning;
        await this.#move(id, { move: 'fail', data: { reason, fault }, thread: closed });
        return;
      }
      case 'done': {
        const { form: given, notes } = meaning.response;
        const result = fittingResult(formResult(given, notes, schema));
        await this.#move(id, { move: 'deliver', data: { result }, thread: closed }, contract);
      }
    }
  }

  async #withdraw({ id }: Contract, thread: CallThread, reason: string): Promise<void> {
    await this.#move(id, {
      move: 'fail',
      data: { reason, fault: 'provider' },
      thread: { ...thread, step: 'closed', stage: null },
    });
    this.#close(thread);
  }

  /** Ends the session with the agent. Nobody waits for the answer, and whatever it is changes nothing. */
  #close({ node, jid, session, step }: CallThread): void {
    if (session === null || step === 'closed' || !this.#deps.session.ready) return;
    const cancel = { node, sessionId: session, action: 'cancel', form: null } as const;
    void this.#deps.session.ask(jid, 'set', writeCommandRequest(cancel), this.#deps.timeoutMs);
  }

  /** @param seen the contract as it was last seen: mostly it is so still, and need not be read */
  async #move(
    id: string,
    move: Omit<DirectoryMove, 'thread'> & { thread?: CallThread },
    seen: Contract | null = null,
  ): ReturnType<typeof moveOn> {
    const { thread, ...rest } = move;
    const whole = { ...rest, ...(thread && { thread: { ...thread } satisfies Thread }) };
    return moveOn(this.#deps.ledger, id, whole, seen);
  }

  /** Everything that the client gave so far; what it gave last holds. */
  async #given({ id, input, version }: Contract): Promise<Given> {
    // So far it was called and begun; there is nothing else to read.
    if (version <= 2) return input;
    const events = await insist(() => contractHistory(this.#deps.db, id, contractLimits.eventsMax * 2));
    return Object.fromEntries(
      [input, ...events.map(({ data }) => data.input ?? {})].flatMap((each) => Object.entries(each)),
    );
  }
}

function threadOf(notes: Thread): CallThread {
  const unknown = { node: '', jid: '', step: 'todo', session: null, stage: null, actions: [] };
  return { ...unknown, ...notes } as CallThread;
}

type Request = { action: CommandAction; form: Form | null };

/** XEP-0050 §3.4: where there is a further stage it is gone to, so that nothing is left to the agent's presets unseen. */
function actionOf(offered: CommandAction[]): CommandAction {
  return offered.includes('next') ? 'next' : 'complete';
}

/** The agent shows again what it was just given: it did not take it. */
function isSameStage(submitted: Form | null, { form: shown }: CommandResponse): boolean {
  if (!submitted || !shown || submitted.fields.length === 0) return false;
  const names = new Set(shown.fields.map((field) => field.var));
  return submitted.fields.every((field) => names.has(field.var));
}
