/** Moving a contract: a party's moves, and those of the directory. */

import { moveContract, type Thread, type WrittenMove } from '../../db/contracts.ts';
import { contractHistory, contractToCarryOn, overdueContracts } from '../../db/read-contracts.ts';
import type { Contract, MoveData } from '../../market/contract/contract.ts';
import { due } from '../../market/contract/due.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import { foldEvent, moveEvent } from '../../market/contract/move.ts';
import type { MoveName } from '../../market/contract/rules.ts';
import { settlementLimits } from '../../market/contract/settlement.ts';
import type { Party } from '../../market/contract/states.ts';
import { boundsError } from '../../market/given-value.ts';
import { askedHash, keyProblem } from '../../market/idempotency.ts';
import { checkInput, inputRefused } from '../../market/input-check.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import type { Caller, Deps } from '../deps.ts';
import { contractOfKey } from './call.ts';
import { jobsOf } from './jobs.ts';
import { ownContract, sideOf } from './show.ts';

/** How often a move is tried anew because the contract moved meanwhile; progress can come at any time. */
const triesMax = 25;

/**
 * @param wish `version` is the one of the contract that the caller read, where it wants to move no other
 * @param key with one that the caller used for the same before, the contract as it is now is the answer
 */
export async function moveOwn(
  deps: Deps,
  caller: Caller,
  id: string,
  { move, data, version = null }: { move: MoveName; data: MoveData; version?: number | null },
  key: string | null,
): Promise<Contract | Problem> {
  const { input = {}, result } = data;
  const outside = boundsError({ input, values: result?.values ?? {}, text: result?.text ?? '' });
  if (outside)
    return problem('invalid-body', `Not accepted: ${outside.pointer.slice(1)}: ${outside.detail}`, [outside]);
  const asked = askedHash(
    `move ${id} ${move}${version === null ? '' : ` ${version}`}`,
    JSON.parse(JSON.stringify(data)),
  );
  const kept = key === null ? null : { caller: caller.jid, key, asked };
  const refused = key === null ? null : keyProblem(key);
  if (refused) return refused;
  for (let tried = 0; tried < triesMax; tried++) {
    const earlier = kept && (await contractOfKey(deps, caller, kept.key, asked));
    if (earlier) return earlier;
    const contract = await ownContract(deps, caller, id);
    if (isProblem(contract)) return contract;
    const event =
      versionProblem(contract, version) ??
      inputProblem(contract, move, data) ??
      (await settlementProblem(deps, contract, caller, move)) ??
      moveEvent(contract, sideOf(contract, caller), move, data, new Date());
    if (isProblem(event)) {
      // The same request may have made the move between the two readings.
      return (kept && (await contractOfKey(deps, caller, kept.key, asked))) ?? event;
    }
    const after = foldEvent(contract, event);
    if (await moveContract(deps.db, { after, event, jobs: jobsOf(after, event), key: kept })) return after;
  }
  return problem('move-not-open', 'The contract moves faster than this move is made; expected another try.');
}

/** Nobody accepts terms that it did not read. */
function versionProblem(contract: Contract, version: number | null): Problem | null {
  if (version === null || version === contract.version) return null;
  return problem(
    'move-not-open',
    `The contract's version is ${contract.version}, not ${version}: it has moved since; expected a move of the contract as it is.`,
  );
}

/** What a party notes is told to the other one, which is not flooded. */
async function settlementProblem(
  { db }: Deps,
  contract: Contract,
  caller: Caller,
  move: MoveName,
): Promise<Problem | null> {
  if (move !== 'settle') return null;
  const side = sideOf(contract, caller);
  const history = await contractHistory(db, contract.id, contractLimits.eventsMax * 2);
  const { perSideMax } = settlementLimits;
  if (history.filter((event) => event.move === 'settle' && event.by === side).length < perSideMax)
    return null;
  return problem('limit-reached', `A side notes at most ${perSideMax} payments; expected no more of them.`);
}

/** What was asked for is checked before the agent sees it, like the input that the contract began with. */
function inputProblem({ ask }: Contract, move: MoveName, { input }: MoveData): Problem | null {
  if (move !== 'input' || !ask || !input) return null;
  const { required: _, ...schema } = ask.schema;
  const errors = checkInput({ inputs: ask.inputs, inputSchema: schema }, input);
  return errors.length > 0 ? inputRefused(errors) : null;
}

export type DirectoryMove = { move: MoveName; data: MoveData; thread?: Thread };

/**
 * A move of the directory's own, from the version that it knows; null where the contract has moved since, and whoever
 * carries the call on has to look again.
 * @param write writes it, and says whether it could
 */
export async function moveAsDirectory(
  { db }: Pick<Deps, 'db'>,
  contract: Contract,
  { move, data, thread }: DirectoryMove,
  write: (move: WrittenMove) => Promise<boolean> = (move) => moveContract(db, move),
): Promise<Contract | Problem | null> {
  const event = moveEvent(contract, 'directory' satisfies Party, move, data, new Date());
  if (isProblem(event)) return event;
  const after = foldEvent(contract, event);
  const isWritten = await write({ after, event, jobs: jobsOf(after, event), ...(thread && { thread }) });
  return isWritten ? after : null;
}

/** Makes the moves that follow of themselves from times that are over; returns how many. */
export async function moveOverdue(deps: Deps, limit: number): Promise<number> {
  let moved = 0;
  for (const id of await overdueContracts(deps.db, limit)) {
    const known = await contractToCarryOn(deps.db, id);
    const next = known && due(known.contract);
    if (!known || !next || next.at > new Date()) continue;
    const after = await moveAsDirectory(deps, known.contract, next);
    if (after && !isProblem(after)) moved++;
  }
  return moved;
}
