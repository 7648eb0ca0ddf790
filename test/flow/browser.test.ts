import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import type { Functions } from '../../scripts/stack/workerd.ts';
import { findBrowser, openTab, startBrowser } from '../support/browser.ts';
import { createDirectory, runFunctions, until } from '../support/directory.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf } from '../support/listings.ts';

const program = findBrowser();
const hostileTag = '"><img src=x onerror=alert(1)>';

let functions: Functions;
let tab: Awaited<ReturnType<typeof openTab>>;

// The first answers of a browser that has just been started take their time on a busy machine.
describe.runIf(program)('the search page in a browser', () => {
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
  });

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
