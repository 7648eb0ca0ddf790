import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { findProgram } from '../../scripts/stack/packages.ts';
import { afterwards } from './afterwards.ts';
import { until } from './directory.ts';

/** The browser of this machine; where there is none, says so. */
export function findBrowser(): string | undefined {
  const program = ['chromium', 'chromium-browser', 'google-chrome'].map(findProgram).find(Boolean);
  if (!program) {
    console.log(
      'Missing on this machine: chromium. The tests of the pages in a browser are skipped; install it, on Debian with "apt-get install -y --no-install-recommends chromium".',
    );
  }
  return program;
}

type Message = {
  id?: number;
  sessionId?: string;
  method?: string;
  params?: { [name: string]: unknown };
  result?: { [name: string]: unknown };
  error?: { message: string };
};

/** A browser that is told by the DevTools protocol, over a pipe of its own: messages end with a zero byte. */
export function startBrowser(file: string) {
  const profile = mkdtempSync(join(tmpdir(), 'guildhall-browser-'));
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-dev-shm-usage',
  ];
  const child = spawn(
    file,
    [...flags, '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const waiting = new Map<number, (message: Message) => void>();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void exited.then(() => {
    for (const answer of waiting.values()) answer({ error: { message: 'the browser has ended' } });
  });
  const hearers: ((message: Message) => void)[] = [];
  let rest = '';
  (child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\0');
    rest = parts.pop() ?? '';
    for (const message of parts.map((part): Message => JSON.parse(part))) {
      if (message.id === undefined) for (const hear of hearers) hear(message);
      else waiting.get(message.id)?.(message);
    }
  });
  let last = 0;
  const send = (method: string, params: object = {}, sessionId?: string) =>
    new Promise<{ [name: string]: unknown }>((resolve, reject) => {
      const id = ++last;
      waiting.set(id, ({ result, error }) =>
        error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result ?? {}),
      );
      (child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  afterwards(async () => {
    await send('Browser.close').catch(() => child.kill('SIGKILL'));
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  return { send, hear: (hearer: (message: Message) => void) => hearers.push(hearer) };
}

/** A tab, and what went wrong in it. */
export async function openTab({ send, hear }: ReturnType<typeof startBrowser>) {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as {
    sessionId: string;
  };
  const tell = (method: string, params: object = {}) => send(method, params, sessionId);
  const faults: string[] = [];
  hear(({ method, params, sessionId: of }) => {
    if (of !== sessionId) return;
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded')
      faults.push(JSON.stringify(params));
    if (method === 'Runtime.consoleAPICalled') faults.push(JSON.stringify(params));
  });
  for (const domain of ['Page', 'Runtime', 'Log']) await tell(`${domain}.enable`);

  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = (await tell('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })) as { result: { value: T }; exceptionDetails?: object };
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  };
  /** Polls, since a page that is being left answers nothing. */
  const sees = <T>(what: string, expression: string) =>
    until(what, () => evaluate<T>(expression).catch(() => null));
  const goto = async (url: string) => {
    await tell('Page.navigate', { url });
    await sees(
      `${url} is there`,
      `location.href === ${JSON.stringify(url)} && document.readyState === 'complete'`,
    );
  };
  const key = async (name: string) => {
    const codes: { [key: string]: number } = { Enter: 13, Tab: 9, Escape: 27, ArrowUp: 38, ArrowDown: 40 };
    const event = { key: name, code: name, windowsVirtualKeyCode: codes[name] };
    await tell('Input.dispatchKeyEvent', {
      type: 'keyDown',
      ...event,
      ...(name === 'Enter' && { text: '\r' }),
    });
    await tell('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  };
  const type = async (text: string) => {
    for (const char of text) {
      await tell('Input.dispatchKeyEvent', { type: 'keyDown', text: char, key: char });
      await tell('Input.dispatchKeyEvent', { type: 'keyUp', key: char });
    }
  };
  /** A press of the mouse where the element stands. */
  const click = async (selector: string) => {
    const { x, y } = await evaluate<{ x: number; y: number }>(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      element.scrollIntoView({ block: 'center' });
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    })()`);
    const at = { x, y, button: 'left', clickCount: 1 };
    await tell('Input.dispatchMouseEvent', { type: 'mousePressed', ...at });
    await tell('Input.dispatchMouseEvent', { type: 'mouseReleased', ...at });
  };
  return { tell, evaluate, sees, goto, key, type, click, faults };
}
