import { randomBytes } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { insertToken } from '../../db/tokens.ts';
import { writeIndex } from '../../db/write-index.ts';
import { inputsOf } from '../../market/inputs.ts';
import { listingId } from '../../market/listing-id.ts';
import { hashToken, type TokenScope } from '../../market/token.ts';
import { form } from '../../protocol/data-form.ts';
import { startSpecialist } from '../../scripts/specialists/agent.ts';
import { specialists } from '../../scripts/specialists/catalogue.ts';
import { afterwards } from '../support/afterwards.ts';
import { findBrowser, openTab, startBrowser } from '../support/browser.ts';
import { type Answer, amountForm, callsThrough, number } from '../support/calls.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { textField } from '../support/fields.ts';
import { indexOf } from '../support/listings.ts';
import { agentOverHttp } from '../support/overview.ts';

const program = findBrowser();
const hostile = '<img src=x onerror=alert(1)>';

let directory: RunningDirectory;
let tab: Awaited<ReturnType<typeof openTab>>;
let converter: string;
const { specialist } = callsThrough(() => directory);

async function tokenOf(scopes: TokenScope[] = ['read', 'trade']): Promise<string> {
  const jid = `ann-${randomBytes(4).toString('hex')}@agents.test`;
  const token = `guildhall_${randomBytes(32).toString('base64url')}`;
  const given = { id: randomBytes(8).toString('hex'), jid, hash: hashToken(token), label: null, days: 1 };
  await insertToken(directory.db, { ...given, scopes }, 9);
  return token;
}

/** An agent that answers as the test says, whose listing says that it may be called through the directory. */
async function pageOf(answer: () => Answer): Promise<string> {
  const { agent } = await specialist(answer);
  const index = indexOf(agent.jid, [
    {
      node: 'fx',
      inputs: inputsOf([number('amount')]),
      call: { protocol: 'xmpp-command', node: 'fx', url: null, relay: true },
    },
  ]);
  const listings = index.listings.map((each) => ({ ...each, callJid: agent.fullJid }));
  await writeIndex(directory.db, [{ ...index, listings }], 0);
  return `${directory.http}/listings/${listingId({ jid: agent.jid, kind: 'command', node: 'fx' })}`;
}

describe.runIf(program)("the form on a listing's page, in a browser", () => {
  beforeAll(async () => {
    directory = await startDirectory(undefined, { limits: { absenceMs: 600_000 } });
    const currency = specialists.find(({ account }) => account === 'currency');
    const [server] = inject('stack').xmpp;
    if (!currency || !server) throw new Error('the sample or its server is gone');
    const account = `t${randomBytes(5).toString('hex')}`;
    const running = await startSpecialist(
      { ...currency, account },
      { service: server.service, domain: server.domain, directory: directory.jid },
    );
    afterwards(() => running.stop());
    const found = await until('it is listed', async () => {
      const agent = await agentOverHttp(directory.http, running.bareJid);
      return agent?.listings.find(({ call, inputs }) => call?.relay && inputs.length > 0);
    });
    converter = `${directory.http}/listings/${found.id}`;
    tab = await openTab(startBrowser(program as string));
  });

  beforeEach(async () => {
    await tab.goto(converter);
    await tab.evaluate(`sessionStorage.clear()`);
    await tab.goto(`${directory.http}/problems`);
    tab.faults.length = 0;
  });

  const outcome = `document.querySelector('[data-outcome]').textContent`;
  const state = `document.querySelector('[data-state]')?.dataset.state`;
  const typeInto = async (selector: string, text: string) => {
    await tab.click(selector);
    await tab.type(text);
  };
  const call = async (token: string) => {
    await typeInto('#token', token);
    await tab.click('form[data-call] button');
  };

  test('calls a real specialist with what is filled in, and the token is in no address', async () => {
    await tab.goto(converter);
    const token = await tokenOf();
    await typeInto('#i0', '10');
    await tab.evaluate(`(() => {
      const to = document.querySelector('#i2');
      to.value = 'JPY';
      to.dispatchEvent(new Event('change', { bubbles: true }));
    })()`);
    await call(token);
    await tab.sees('the call is completed', `${state} === 'completed'`);
    expect(await tab.evaluate(outcome)).toContain('"result": "1692"');
    expect(
      await tab.evaluate(
        `[location.href, document.cookie, JSON.stringify(localStorage), history.length > 0]`,
      ),
    ).toEqual([converter, '', '{}', true]);
    expect(await tab.evaluate(`JSON.stringify(sessionStorage)`)).toBe(
      JSON.stringify({ 'guildhall-token': token }),
    );
    expect(await tab.evaluate(`document.documentElement.outerHTML.includes(${JSON.stringify(token)})`)).toBe(
      false,
    );
    expect(
      await tab.evaluate(
        `performance.getEntriesByType('resource').some(({ name }) => name.includes('guildhall_'))`,
      ),
    ).toBe(false);
    expect(tab.faults).toEqual([]);
    // The tab keeps the token, until its user has it forgotten.
    await tab.goto(`${directory.http}/problems`);
    await tab.goto(converter);
    expect(await tab.evaluate(`document.querySelector('#token').value`)).toBe(token);
    await tab.click('[data-forget]');
    expect(await tab.evaluate(`JSON.stringify(sessionStorage)`)).toBe('{}');
  });

  test('shows what the agent asks for, gives it, and shows the result', async () => {
    await tab.goto(converter);
    await typeInto('#i0', '10');
    await tab.evaluate(`document.querySelector('#i3').value = '1999-12-31'`);
    await call(await tokenOf());
    await tab.sees('the agent asks', `${state} === 'input-required'`);
    expect(await tab.evaluate(outcome)).toContain('begins on 2024-06-28');
    await typeInto('[data-outcome] #ask3', '2025-01-15');
    await tab.click('[data-outcome] div + button');
    await tab.sees('the call is completed', `${state} === 'completed'`);
    expect(await tab.evaluate(outcome)).toContain('"rate_date": "2024-12-31"');
    expect(tab.faults).toEqual([]);
  });

  test('shows a refusal with what was expected', async () => {
    await tab.goto(converter);
    await call(await tokenOf(['read']));
    await tab.sees('the refusal', `${outcome}.includes('expected one that is for trade')`);
    await tab.goto(converter);
    await tab.evaluate(`sessionStorage.clear()`);
    await tab.goto(converter);
    await call(await tokenOf());
    await tab.sees('the refusal', `${outcome}.includes('/input/amount')`);
  });

  test('shows what a hostile agent says as text', async () => {
    const form = { ...amountForm, title: hostile, fields: [{ ...number('amount'), label: hostile }] };
    const url = await pageOf(() => ({ status: 'executing', form, actions: ['complete'], sessionId: 's1' }));
    await tab.goto(url);
    await typeInto('#i0', '3');
    await call(await tokenOf());
    await tab.sees('the agent asks', `${state} === 'input-required'`);
    expect(await tab.evaluate(outcome)).toContain(hostile);
    await tab.click('[data-outcome] > button:last-child');
    await tab.sees('it is cancelled', `${state} === 'cancelled'`);

    const answer = await pageOf(() => ({ form: said, notes: [{ type: 'info', text: hostile }] }));
    await tab.goto(answer);
    await typeInto('#i0', '3');
    await tab.click('form[data-call] button');
    await tab.sees('it is completed', `${state} === 'completed'`);
    expect(await tab.evaluate(outcome)).toContain(hostile);
    expect(await tab.evaluate(`document.querySelectorAll('[data-outcome] img').length`)).toBe(0);
    expect(tab.faults).toEqual([]);
  });

  test('is not there without JavaScript, where the exact request still is', async () => {
    await tab.tell('Emulation.setScriptExecutionDisabled', { value: true });
    await tab.tell('Page.navigate', { url: converter });
    await tab.sees('the page', `location.href === ${JSON.stringify(converter)}`);
    await tab.sees(
      'no form, and the request',
      `getComputedStyle(document.querySelector('form[data-call]')).display === 'none'
        && document.querySelector('#relay code').closest('section').textContent.includes('/v1/contracts?wait=30')`,
    );
    await tab.tell('Emulation.setScriptExecutionDisabled', { value: false });
  });
});

const said = form('result', [textField('said', { values: [hostile] })]);
