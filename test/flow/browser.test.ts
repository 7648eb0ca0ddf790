import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { findProgram } from '../../scripts/stack/packages.ts';
import type { Functions } from '../../scripts/stack/workerd.ts';
import { afterwards } from '../support/afterwards.ts';
import { createDirectory, runFunctions, until } from '../support/directory.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf } from '../support/listings.ts';

const program = ['chromium', 'chromium-browser', 'google-chrome'].map(findProgram).find(Boolean);
if (!program) {
  console.log(
    'Missing on this machine: chromium. The tests of the pages in a browser are skipped; install it, on Debian with "apt-get install -y --no-install-recommends chromium".',
  );
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
function startBrowser(file: string) {
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
async function openTab({ send, hear }: ReturnType<typeof startBrowser>) {
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

const hostileTag = '"><img src=x onerror=alert(1)>';

let functions: Functions;
let tab: Awaited<ReturnType<typeof openTab>>;

// The first answers of a browser that has just been started take their time on a busy machine.
describe.runIf(program)('the search page in a browser', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    const directory = await createDirectory();
    functions = await runFunctions(directory);
    const amount = inputOf('amount', { type: 'number', label: 'Amount', required: true });
    const fx = { node: 'fx', name: 'Convert currency', tags: ['finance', 'money'], inputs: [amount] };
    const days = { node: 'days', name: 'Count working days', tags: ['working days', hostileTag] };
    const listings = [indexOf('fx@works.test', [fx]), indexOf('days@agents.test', [days])];
    const bulk = Array.from({ length: 30 }, (_, at) =>
      indexOf(`n${at}@bulk.test`, [{ node: 'n', name: 'Bulk', tags: ['finance'] }]),
    );
    await writeIndex(directory.db, [...listings, ...bulk], 0);
    tab = await openTab(startBrowser(program as string));
  }, 120_000);

  beforeEach(async () => {
    await tab.tell('Emulation.setScriptExecutionDisabled', { value: false });
    await tab.goto(`${functions.url}/`);
    tab.faults.length = 0;
  });

  const value = `document.querySelector('#q').value`;
  const offers = `[...document.querySelectorAll('#offers [role=option] bdi')].map((item) => item.textContent)`;
  const offered = (text: string) =>
    tab.sees(`${text} is offered`, `${offers}.includes(${JSON.stringify(text)})`);
  const isOpen = () => tab.evaluate<string>(`document.querySelector('#q').getAttribute('aria-expanded')`);
  const active = `document.getElementById(document.querySelector('#q').getAttribute('aria-activedescendant'))`;

  test('offers what can be asked, which the keyboard chooses and searches for', async () => {
    await tab.click('#q');
    await tab.type('ta');
    await offered('tag:');
    await tab.key('ArrowDown');
    expect(await tab.evaluate(`${active}.getAttribute('aria-selected')`)).toBe('true');
    await tab.key('Enter');
    expect(await tab.evaluate(value)).toBe('tag:');
    // The name leads on to its values, counted; hostile text is text.
    await offered('finance');
    await offered(hostileTag);
    expect(await tab.evaluate(`document.querySelectorAll('#offers img').length`)).toBe(0);
    await tab.type('working');
    await tab.sees('one is left', `${offers}.join() === 'working days'`);
    await tab.key('ArrowUp');
    await tab.key('Tab');
    expect(await tab.evaluate(value)).toBe('tag:"working days" ');
    expect(await isOpen()).toBe('false');
    await tab.key('Enter');
    await tab.sees(
      'the page of results',
      `document.querySelector('h1').textContent.startsWith('Listings for')`,
    );
    expect(
      await tab.evaluate(`[...document.querySelectorAll('.hit h2')].map((name) => name.textContent)`),
    ).toEqual(['Count working days']);
    expect(tab.faults).toEqual([]);
  });

  test('completes words, counts what is left after the rest of the query, and closes by Escape', async () => {
    await tab.click('#q');
    await tab.type('convert cur');
    await offered('convert currency');
    await tab.key('Escape');
    expect([await isOpen(), await tab.evaluate(value)]).toEqual(['false', 'convert cur']);
    await tab.type('rency tag:');
    await tab.sees('what is left is offered', `${offers}.join() === 'finance,money'`);
    expect(tab.faults).toEqual([]);
  });

  test('takes an offer that is pressed, and keeps the focus in the box', async () => {
    await tab.click('#q');
    await tab.type('kind:');
    await offered('tool');
    await tab.click('#offers li:nth-child(2)');
    await tab.sees('it is put in', `/^kind:[a-z]+ $/.test(${value})`);
    expect(await tab.evaluate('document.activeElement.id')).toBe('q');
  });

  test('stays out of the way when the server does not answer', async () => {
    await tab.tell('Network.enable');
    await tab.tell('Network.setBlockedURLs', { urls: ['*/v1/*'] });
    await tab.click('#q');
    await tab.type('tag:fin');
    await tab.type('ance');
    expect(await tab.evaluate(value)).toBe('tag:finance');
    await tab.tell('Network.setBlockedURLs', { urls: [] });
    await tab.key('Enter');
    await tab.sees(
      'the page of results',
      `location.search.includes('finance') && document.readyState === 'complete'`,
    );
    expect(tab.faults.filter((fault) => !fault.includes('BLOCKED_BY_CLIENT'))).toEqual([]);
  });

  /** Follows a facet and an order, turns the page, goes back, and fills in a result's form. */
  async function browse(): Promise<void> {
    await tab.goto(`${functions.url}/`);
    await tab.evaluate(`document.querySelector('details.facets').open = true`);
    await tab.click('a.facet[href="/?q=tag%3Afinance"]');
    await tab.sees(
      'the facet is chosen',
      `document.querySelector('.facet.chosen')?.textContent.includes('finance')`,
    );
    expect(await tab.evaluate(`document.querySelectorAll('.in-force .off').length`)).toBe(1);
    await tab.click('.sorts a[href$="sort=name"]');
    await tab.sees('the order by name', `location.search.includes('sort=name')`);
    await tab.sees('the page is complete', `document.readyState === 'complete'`);
    await tab.click('.pager .next');
    await tab.sees('the next page in the same order', `/sort=name.*cursor=/.test(location.search)`);
    await tab.sees('the last listing', `document.body.textContent.includes('Convert currency')`);
    await tab.evaluate('history.back()');
    await tab.sees(
      'the first page again',
      `!location.search.includes('cursor') && document.readyState === 'complete'`,
    );
    await tab.click('.in-force .off');
    await tab.sees(
      'nothing in force',
      `location.search === '?sort=name' && !document.querySelector('.in-force')`,
    );
    await tab.goto(`${functions.url}/?q=currency`);
    await tab.click('.hit details.form summary');
    await tab.click('#i0-0');
    await tab.type('12.5');
    await tab.click('.hit .submit button');
    await tab.sees(
      'the stanza of the listing',
      `document.querySelector('[data-submit]')?.textContent.includes('12.5')`,
    );
    expect(tab.faults).toEqual([]);
  }

  test('can be browsed', browse);

  test('can be browsed without JavaScript', async () => {
    await tab.tell('Emulation.setScriptExecutionDisabled', { value: true });
    await browse();
    await tab.goto(`${functions.url}/`);
    expect(await tab.evaluate(`document.querySelector('#q').getAttribute('role')`)).toBeNull();
  });

  test('shows facets beside the results where there is room, and folds them up where there is none', async () => {
    const isShown = () =>
      tab.evaluate<boolean>(
        `document.querySelector('a.facet').checkVisibility({ contentVisibilityAuto: true })`,
      );
    const sized = (width: number) =>
      tab.tell('Emulation.setDeviceMetricsOverride', {
        width,
        height: 800,
        deviceScaleFactor: 1,
        mobile: false,
      });
    await sized(1280);
    expect(await isShown()).toBe(true);
    await sized(390);
    expect(await isShown()).toBe(false);
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await tab.click('.facets > summary');
    await tab.sees('it unfolds', `document.querySelector('details.facets').open`);
    expect(await isShown()).toBe(true);
    await tab.tell('Emulation.clearDeviceMetricsOverride');
  });

  test('breaks no rule of its content policy, which would be seen here', async () => {
    await tab.evaluate(`document.body.setAttribute('style', 'color: red')`);
    await tab.evaluate(
      `document.body.insertAdjacentHTML('beforeend', '<img src="data:,x" onerror="alert(1)">')`,
    );
    await until('both are refused', async () => tab.faults.length >= 2);
    expect(tab.faults.join()).toMatch(/style-src/);
    expect(tab.faults.join()).toMatch(/script-src/);
  });

  test('refuses a cursor that is none of the query', async () => {
    const response = await fetch(`${functions.url}/?q=x&cursor=forged`);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('role="alert"')]);
  });
});
