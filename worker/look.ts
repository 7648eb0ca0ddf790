/**
 * Looking at a command's first form: executing it, and cancelling as soon as the form is there. It happens only for
 * agents that consented, only where the inputs are stated nowhere else, and never twice for a command that acts at once.
 */

import { createHash } from 'node:crypto';
import type { Database } from '../db/database.ts';
import { beginLook, type CommandLook, endLook, forgetLooks, looksAt } from '../db/looks.ts';
import type { CommandFacts, FirstForm } from '../market/facts.ts';
import { readCommandOutline, writeCommandRequest } from '../protocol/commands.ts';
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

/** The commands with what looks showed; and in how many milliseconds a look that had to wait may be made. */
export type Looked = { commands: CommandFacts[]; laterMs: number | null };

/**
 * Adds to each command what a look at it shows, from memory where that still holds.
 * @param wanted nodes that are going to be listed and whose inputs are stated nowhere
 */
export async function lookAtCommands(
  db: Database,
  asker: Asker,
  agent: Agent,
  commands: CommandFacts[],
  wanted: Set<string>,
): Promise<Looked> {
  const known = await looksAt(db, agent.jid);
  const listed = new Set(commands.map((command) => command.node));
  await forgetLooks(
    db,
    agent.jid,
    [...known.keys()].filter((node) => !listed.has(node)),
  );
  const seen = await Promise.all(
    commands.map(async (command) => {
      if (!wanted.has(command.node)) return { command, laterMs: null };
      const look = known.get(command.node) ?? null;
      const fingerprint = fingerprintOf(agent.info, command);
      const laterMs = dueIn(look, fingerprint, agent.onlineSince);
      if (look && laterMs !== 0) return { command: withLook(command, look), laterMs };
      const shown = await lookAt(db, asker, agent.jid, command, fingerprint);
      if (shown) return { command: { ...command, ...shown }, laterMs: null };
      return { command: look ? withLook(command, look) : command, laterMs: lookIntervalMs };
    }),
  );
  const later = seen.map(({ laterMs }) => laterMs).filter((ms) => ms !== null);
  return {
    commands: seen.map(({ command }) => command),
    laterMs: later.length > 0 ? Math.min(...later) : null,
  };
}

/** In how many milliseconds the command is to be looked at: 0 is now, null never while nothing changes. */
function dueIn(look: CommandLook | null, fingerprint: string, onlineSince: Date | null): number | null {
  if (!look) return 0;
  if (look.takesNothing) return null;
  const cameOnline = onlineSince !== null && onlineSince > look.lookedAt;
  const isOutdated = !look.finished || cameOnline || look.fingerprint !== fingerprint;
  return isOutdated ? Math.max(0, look.lookedAt.getTime() + lookIntervalMs - Date.now()) : null;
}

async function lookAt(
  db: Database,
  asker: Asker,
  jid: string,
  command: CommandFacts,
  fingerprint: string,
): Promise<Shown | null> {
  // Asked when the turn has come: consent may go while the question waits.
  const shown = await showFirstForm(asker, command, () => beginLook(db, jid, command.node, fingerprint));
  if (shown)
    await endLook(db, jid, command.node, { form: shown.firstForm, takesNothing: shown.takesNothing });
  return shown;
}

export type Shown = { firstForm: FirstForm | null; takesNothing: boolean };

/**
 * Executes the command, and cancels where that opened a session.
 * @returns null where the command did not answer, or answered for another
 */
export async function showFirstForm(
  asker: Asker,
  command: Pick<CommandFacts, 'node' | 'callJid'>,
  mayAsk?: () => Promise<boolean>,
): Promise<Shown | null> {
  const request = { node: command.node, sessionId: null, action: 'execute', form: null } as const;
  const execute = writeCommandRequest(request);
  const response = answered(await asker.ask(command.callJid, 'set', execute, readCommandOutline, mayAsk));
  if (!response) return null;
  if (response.status === 'executing' && response.sessionId) {
    const cancel = { ...request, sessionId: response.sessionId, action: 'cancel' } as const;
    // Nobody waits for the answer, and whatever it is changes nothing.
    void asker.ask(command.callJid, 'set', writeCommandRequest(cancel), () => null);
  }
  if (response.node !== command.node) return null;
  const takesNothing = response.status === 'completed';
  const firstForm = !takesNothing && response.form?.type === 'form' ? response.form : null;
  return { firstForm, takesNothing };
}

function withLook(command: CommandFacts, look: CommandLook): CommandFacts {
  return { ...command, firstForm: look.form, takesNothing: look.takesNothing };
}

function fingerprintOf(info: DiscoInfo | null, command: CommandFacts): string {
  const said = JSON.stringify([info, command.name, command.info]);
  return createHash('sha256').update(said).digest('hex').slice(0, 32);
}
