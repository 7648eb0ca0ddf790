import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findBrowser, openTab, startBrowser } from '../support/browser.ts';
import { type RunningDirectory, startDirectory } from '../support/directory.ts';
import { offersAt } from '../support/offers.ts';

const program = findBrowser();
const hostile = '<img src=x onerror=alert(1)>';

let directory: RunningDirectory;
let tab: Awaited<ReturnType<typeof openTab>>;
const { provider, client, http, offer } = offersAt(() => directory);

beforeAll(async () => {
  directory = await startDirectory();
}, 120_000);

test('the page is the same for every id, and says nothing of a contract', async () => {
  const [ann, fx] = [await client(), await provider()];
  const { id } = await offer(ann.token, fx.listing);
  const pageOf = async (name: string) => {
    const response = await fetch(`${directory.http}/contracts/${name}`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    return (await response.text()).replaceAll(name, 'ID');
  };
  expect(await pageOf(id)).toBe(await pageOf('c-nothing'));
  const evil = await fetch(`${directory.http}/contracts/${encodeURIComponent(hostile)}`);
  expect(await evil.text()).not.toContain('<img');
});

describe.runIf(program)("a contract's page, in a browser", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    tab = await openTab(startBrowser(program as string));
  }, 60_000);

  beforeEach(async () => {
    await tab.goto(`${directory.http}/problems`);
    await tab.evaluate('sessionStorage.clear()');
    tab.faults.length = 0;
  });

  const text = `document.querySelector('[data-shown]').textContent`;
  const outcome = `document.querySelector('[data-outcome]').textContent`;
  const state = (of: string) => `document.querySelector('[data-state="${of}"]') !== null`;
  const fill = (id: string, value: string) =>
    tab.evaluate(`document.querySelector('#move-${id}').value = ${JSON.stringify(value)}, true`);
  const press = (move: string) =>
    tab.evaluate(`document.querySelector('[data-move="${move}"]').click(), true`);
  const open = async (id: string, token: string) => {
    // The address may be the one that is shown already.
    await tab.goto(`${directory.http}/problems`);
    await tab.evaluate('sessionStorage.clear()');
    await tab.goto(`${directory.http}/contracts/${id}`);
    await tab.evaluate(`document.querySelector('#token').value = ${JSON.stringify(token)}, true`);
    await tab.click('form[data-contract] button');
  };

  test('shows it to its parties, who negotiate, deliver and pay there', async () => {
    const [ann, fx] = [await client(), await provider()];
    const { id } = await offer(ann.token, fx.listing, { words: hostile });
    await open(id, fx.token);
    await tab.sees('the offer', state('offered'));
    const shown = await tab.evaluate<string>(text);
    for (const part of [hostile, '5 EUR per logo', ann.jid, '"colour": "blue"', 'You are the provider']) {
      expect(shown).toContain(part);
    }
    expect(await tab.evaluate(`document.querySelectorAll('img[src="x"]').length`)).toBe(0);
    expect(await tab.evaluate(`document.querySelector('#move-propose-amount').value`)).toBe('5');
    await fill('propose-amount', '1e9');
    await press('propose');
    await tab.sees('what was expected', `${outcome}.includes('expected a decimal number')`);
    await fill('propose-amount', '7.25');
    await press('propose');
    await tab.sees('it is done', `${outcome}.includes('Done') && ${text}.includes('7.25 EUR')`);

    await open(id, ann.token);
    await tab.sees('the other terms', `${text}.includes('7.25 EUR per contract')`);
    await press('accept');
    await tab.sees('it is accepted', state('accepted'));

    await open(id, fx.token);
    await tab.sees('it is accepted', state('accepted'));
    await press('start');
    await tab.sees('it is begun', state('working'));
    await fill('ask-text', 'Which font?');
    await fill('ask-names', 'font');
    await press('ask');
    await tab.sees('it asks', state('input-required'));
    await open(id, ann.token);
    await tab.sees('what is asked', `${text}.includes('Which font?')`);
    await fill('input-ask0', 'Inter');
    await press('input');
    await tab.sees('it is given', state('working'));
    const result = { text: hostile, links: ['https://fx.test/logo.svg'] };
    expect((await http(fx.token, `/${id}/deliver`, result)).status).toBe(200);
    await open(id, ann.token);
    await tab.sees('the result', `${text}.includes('https://fx.test/logo.svg')`);
    await fill('settle-reference', 'TX 1');
    await fill('settle-link', 'payto://iban/DE75512108001245126199');
    await press('settle');
    await tab.sees('the payment', `${text}.includes('TX 1')`);
    await press('complete');
    await tab.sees('it is completed', state('completed'));
    expect(await tab.evaluate('location.href')).toBe(`${directory.http}/contracts/${id}`);
    expect(tab.faults.filter((fault) => !fault.includes('favicon') && !fault.includes('400'))).toEqual([]);
  });

  test('shows it to nobody else', async () => {
    const [ann, fx, eve] = [await client(), await provider(), await client()];
    const { id } = await offer(ann.token, fx.listing, { words: 'Secret.' });
    for (const [token, expected] of [
      [eve.token, 'party to no contract'],
      ['guildhall_x', 'token'],
    ] as const) {
      await open(id, token);
      await tab.sees('the refusal', `${outcome}.includes(${JSON.stringify(expected)})`);
      expect(await tab.evaluate(text)).toBe('');
    }
    await open(id, ann.token);
    await tab.sees('the contract', `${text}.includes('Secret.')`);
    await tab.click('[data-forget]');
    expect(await tab.evaluate(text)).toBe('');
    expect(await tab.evaluate(`sessionStorage.getItem('guildhall-token')`)).toBeNull();
  });
});
