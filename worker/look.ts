/**
 * Looking at a command's first form: executing it, and cancelling as soon as the form is there. It happens only for
 * agents that consented, only where the inputs are stated nowhere else, and never twice for a command that acts at once.
 */

import { createHash } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { beginLook, type CommandLook, endLook, forgetLooks, looksAt } from '../db/looks.ts';
import { isNoOffer } from '../market/describe.ts';
import type { CommandFacts, FirstForm } from '../market/facts.ts';
import { readCommandResponse, writeCommandRequest } from '../protocol/commands.ts';
import type { DiscoInfo } from '../protocol/disco.ts';
import { type Asker, answered } from './ask.ts';

/** At most one look a minute at a command, whatever changes. */
export const lookIntervalMs = 60_000;

type Agent = {
  jid: string;
  /** When the agent came online, by our clock; null where unknown. */
  onlineSince: Date | null;
  /** The root disco#info, whose change is a reason to look again. */
  info: DiscoInfo | null;
};

/** Adds to each command what a look at it shows, from memory where that still holds. */
export async function lookAtCommands(
  db: Database,
  asker: Asker,
  agent: Agent,
  commands: CommandFacts[],
  /** Nodes whose inputs are stated elsewhere. */
  statedNodes: Set<string>,
): Promise<CommandFacts[]> {
  const known = await looksAt(db, agent.jid);
  const listed = new Set(commands.map((command) => command.node));
  await forgetLooks(
    db,
    agent.jid,
    [...known.keys()].filter((node) => !listed.has(node)),
  );
  return Promise.all(
    commands.map(async (command) => {
      if (command.meta || statedNodes.has(command.node) || isNoOffer(command.node)) return command;
      const look = known.get(command.node);
      const fingerprint = fingerprintOf(agent.info, command);
      if (look && !isOutdated(look, fingerprint, agent.onlineSince)) return withLook(command, look);
      const seen = await lookAt(db, asker, agent.jid, command, fingerprint);
      return seen ? { ...command, ...seen } : look ? withLook(command, look) : command;
    }),
  );
}

function isOutdated(look: CommandLook, fingerprint: string, onlineSince: Date | null): boolean {
  if (look.takesNothing || Date.now() - look.lookedAt.getTime() < lookIntervalMs) return false;
  const cameOnline = onlineSince !== null && onlineSince > look.lookedAt;
  return cameOnline || look.fingerprint !== fingerprint;
}

async function lookAt(
  db: Database,
  asker: Asker,
  jid: string,
  command: CommandFacts,
  fingerprint: string,
): Promise<{ firstForm: FirstForm | null; takesNothing: boolean } | null> {
  if (!(await beginLook(db, jid, command.node, fingerprint))) return null;
  const request = { node: command.node, sessionId: null, action: 'execute', form: null } as const;
  const response = answered(
    await asker.ask(command.callJid, 'set', writeCommandRequest(request), readCommandResponse),
  );
  if (response?.node !== command.node) return null;
  if (response.status === 'executing' && response.sessionId) {
    const cancel = { ...request, sessionId: response.sessionId, action: 'cancel' } as const;
    // Nobody waits for the answer, and whatever it is changes nothing.
    void asker.ask(command.callJid, 'set', writeCommandRequest(cancel), () => null);
  }
  const firstForm = response.form?.type === 'form' ? response.form : null;
  const takesNothing = response.status === 'completed';
  if (!takesNothing && !firstForm) return null;
  await endLook(db, jid, command.node, { form: takesNothing ? null : firstForm, takesNothing });
  return { firstForm: takesNothing ? null : firstForm, takesNothing };
}

function withLook(command: CommandFacts, look: CommandLook): CommandFacts {
  return { ...command, firstForm: look.form, takesNothing: look.takesNothing };
}

function fingerprintOf(info: DiscoInfo | null, command: CommandFacts): string {
  const said = JSON.stringify([info, command.name, command.info]);
  return createHash('sha256').update(said).digest('hex').slice(0, 32);
}
