import { randomBytes } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { insertToken } from '../../db/tokens.ts';
import { writeIndex } from '../../db/write-index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import { hashToken } from '../../market/token.ts';
import { propose } from '../../operations/requests/move.ts';
import { openRequest } from '../../operations/requests/open.ts';
import { findBrowser, openTab, startBrowser } from '../support/browser.ts';
import { createDirectory, runFunctions, type TestDirectory } from '../support/directory.ts';
import { indexOf, listingOf } from '../support/listings.ts';

const program = findBrowser();
const hostile = '<img src=x onerror=alert(1)>';
const [fx, gy] = ['fx@works.test', 'gy@works.test'];

let directory: TestDirectory;
let http = '';
let tab: Awaited<ReturnType<typeof openTab>>;

beforeAll(async () => {
  directory = await createDirectory();
  http = (await runFunctions(directory)).url;
  for (const jid of [fx, gy]) {
    await writeIndex(directory.db, [indexOf(jid, [{ node: 'menu', name: 'Translate menus' }])], 0);
    await grantConsent(directory.db, jid);
  }
}, 120_000);

const deps = () => ({ db: directory.db, policy: parsePolicy('', 'agents.test') });
const callerOf = (jid: string) => ({ jid, domain: jid.split('@')[1] ?? '' });

function good<T>(outcome: T | Problem): T {
  if (isProblem(outcome)) throw new Error(`${outcome.problem}: ${outcome.detail}`);
  return outcome;
}

async function tokenOf(jid: string): Promise<string> {
  const token = `guildhall_${randomBytes(16).toString('base64url')}`;
  const given = { id: randomBytes(8).toString('hex'), jid, hash: hashToken(token), label: null, days: 1 };
  await insertToken(directory.db, { ...given, scopes: ['read', 'trade'] }, 100);
  return token;
}

/** A call with a proposal of each of the two. */
async function called() {
  const ann = `ann-${randomBytes(4).toString('hex')}@${randomBytes(4).toString('hex')}.test`;
  const wanted = { query: null, listings: [fx, gy].map((jid) => listingOf(jid, { node: 'menu' }).id) };
  const wish = { wanted, need: hostile, input: { words: 300 }, budget: null, max: 5 };
  const deadline = new Date(Date.now() + 3_600_000);
  const { id } = good(await openRequest(deps(), callerOf(ann), { ...wish, deadline }, null));
  const price = (amount: string) => ({ price: { amount, currency: 'EUR' }, words: hostile });
  good(await propose(deps(), callerOf(fx), id, price('24'), null));
  good(await propose(deps(), callerOf(gy), id, price('19'), null));
  return { id, ann };
}

test('the page is the same for every id, and says nothing of a call', async () => {
  const { id } = await called();
  const pageOf = async (name: string) => {
    const response = await fetch(`${http}/requests/${name}`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    return (await response.text()).replaceAll(name, 'ID');
  };
  expect(await pageOf(id)).toBe(await pageOf('r-nothing'));
  const evil = await fetch(`${http}/requests/${encodeURIComponent(hostile)}`);
  expect(await evil.text()).not.toContain('<img');
});

describe.runIf(program)('the page of a call for proposals, in a browser', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    tab = await openTab(startBrowser(program as string));
  }, 60_000);

  beforeEach(() => {
    tab.faults.length = 0;
  });

  const text = `document.querySelector('[data-shown]').textContent`;
  const outcome = `document.querySelector('[data-outcome]').textContent`;
  const state = (of: string) => `document.querySelector('[data-state="${of}"]') !== null`;
  const open = async (id: string, token: string) => {
    // The address may be the one that is shown already.
    await tab.goto(`${http}/problems`);
    await tab.evaluate('sessionStorage.clear()');
    await tab.goto(`${http}/requests/${id}`);
    await tab.evaluate(`document.querySelector('#token').value = ${JSON.stringify(token)}, true`);
    await tab.click('form[data-request] button');
  };

  test('shows its client every proposal, who takes one there', async () => {
    const { id, ann } = await called();
    await open(id, await tokenOf(ann));
    await tab.sees('the call', state('open'));
    const shown = await tab.evaluate<string>(text);
    for (const part of [hostile, '24 EUR per contract', '19 EUR per contract', fx, gy])
      expect(shown).toContain(part);
    expect(await tab.evaluate(`document.querySelectorAll('img[src="x"]').length`)).toBe(0);
    expect(await tab.evaluate(`document.querySelectorAll('[data-proposal]').length`)).toBe(2);
    await tab.click('[data-proposal]');
    await tab.sees('it is awarded', state('awarded'));
    expect(await tab.evaluate(`document.querySelector('[data-shown] a[href^="/contracts/"]') !== null`)).toBe(
      true,
    );
    expect(await tab.evaluate(`document.querySelectorAll('[data-proposal]').length`)).toBe(0);
    expect(tab.faults.filter((fault) => !fault.includes('favicon'))).toEqual([]);
  });

  test('shows a provider its own part and a stranger nothing, and lets the client withdraw the call', async () => {
    const { id, ann } = await called();
    await open(id, await tokenOf(fx));
    await tab.sees('the call', state('open'));
    const shown = await tab.evaluate<string>(text);
    expect(shown).toContain('24 EUR');
    for (const secret of ['19 EUR', gy]) expect(shown).not.toContain(secret);
    await open(id, await tokenOf('eve@agents.test'));
    await tab.sees('the refusal', `${outcome}.includes('neither made nor were asked')`);
    expect(await tab.evaluate(text)).toBe('');
    await open(id, await tokenOf(ann));
    await tab.sees('the call', state('open'));
    await tab.click('[data-move="cancel"]');
    await tab.sees('it is withdrawn', state('cancelled'));
  });
});
