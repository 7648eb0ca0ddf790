/**
 * Registering with the directory by its ad-hoc command (XEP-0050), and again whenever half of the lease is over: by it an
 * agent also lets the directory call it for others.
 */
import { type Element, xml } from '@xmpp/xml';
import { NS_COMMANDS, NS_DATA } from './namespaces.ts';

const node = 'register';
const retryFirstMs = 2_000;
const retryMaxMs = 30_000;
const hourMs = 3_600_000;
/** Timers take no more than this. */
const renewMaxMs = 24 * hourMs;

/** Sends an IQ of type `set` to the directory; the answer's payload, or an error where it is none. */
export type AskDirectory = (command: Element) => Promise<Element | undefined>;

export type Lease = { stop(): void };

/** Where the directory answers: an account does so under a resource, since its server answers for the account. */
export function addressOf(directory: string): string {
  return directory.includes('@') ? `${directory}/guildhall` : directory;
}

/** The directory may not exist yet, or its server be away: it is asked until it agrees, ever less often. */
export function keepRegistered(ask: AskDirectory, log?: (line: string) => void): Lease {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function again(afterMs: number, retryMs: number): void {
    if (isStopped) return;
    timer = setTimeout(() => void attempt(retryMs), afterMs).unref();
  }

  async function attempt(retryMs: number): Promise<void> {
    try {
      const leaseMs = await register(ask);
      log?.(`registered for ${leaseMs / hourMs} hours`);
      again(Math.min(leaseMs / 2, renewMaxMs), retryFirstMs);
    } catch {
      again(retryMs, Math.min(retryMs * 2, retryMaxMs));
    }
  }

  void attempt(retryFirstMs);
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** The milliseconds of the lease that was granted. Throws where none was. */
async function register(ask: AskDirectory): Promise<number> {
  const shown = await ask(xml('command', { xmlns: NS_COMMANDS, node, action: 'execute' }));
  const { sessionid } = shown?.attrs ?? {};
  const submit = xml('x', { xmlns: NS_DATA, type: 'submit' });
  const granted = await ask(
    xml('command', { xmlns: NS_COMMANDS, node, sessionid, action: 'complete' }, submit),
  );
  const hours = granted
    ?.getChild('x', NS_DATA)
    ?.getChildren('field')
    .find((field) => field.attrs.var === 'lease_hours')
    ?.getChildText('value');
  if (granted?.attrs.status !== 'completed' || !(Number(hours) > 0)) throw new Error('not registered');
  return Number(hours) * hourMs;
}
