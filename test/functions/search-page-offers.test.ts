import { describe, expect, test } from 'vitest';
import { completionOffersScript } from '../../functions/pages/completion-offers-script.ts';
import { completionScript } from '../../functions/pages/completion-script.ts';
import { isProblem } from '../../market/problem.ts';
import { qualifierNames } from '../../market/query/ast.ts';
import { parseQuery } from '../../market/query/parse.ts';

type Offer = { text: string; note: string; from: number; insert: string; isOpen?: boolean };
type Offers = (text: string, caret: number, signal: AbortSignal) => Promise<Offer[]>;

/** What the server would answer, by the beginning of the address; all that is asked is written down. */
function withServer(answers: { [path: string]: object }) {
  const asked: string[] = [];
  const fetch = async (path: string) => {
    asked.push(path);
    const answer = Object.entries(answers).find(([prefix]) => path.startsWith(prefix))?.[1];
    return { ok: answer !== undefined, json: async () => answer };
  };
  // The script as a browser would run it.
  const offersFor: Offers = new Function('fetch', `'use strict';${completionOffersScript}return offersFor;`)(
    fetch,
  );
  /** @param text with the caret at `|` */
  const at = (text: string) =>
    offersFor(text.replace('|', ''), text.indexOf('|'), new AbortController().signal);
  /** The text once the offer is chosen. */
  const chosen = async (text: string, which: string) => {
    const offer = (await at(text)).find((one) => one.text === which);
    if (!offer) throw new Error(`'${which}' is not offered`);
    return text.slice(0, offer.from) + offer.insert + text.slice(text.indexOf('|') + 1);
  };
  const texts = async (text: string) => (await at(text)).map((offer) => offer.text);
  return { asked, at, texts, chosen };
}

const tags = (...values: string[]) => ({
  '/v1/facets': { facets: { tag: values.map((value) => ({ value, count: 1 })) }, approximate: false },
});

describe('the search box offers', () => {
  test('every name of a qualifier, with what it is for, where nothing is typed yet', async () => {
    const offers = await withServer({}).at('convert |');
    expect(offers.map(({ text }) => text)).toEqual(qualifierNames.map((name) => `${name}:`));
    expect(offers.every(({ note, isOpen }) => note !== '' && isOpen)).toBe(true);
  });

  test('names that begin with the word, and with a minus only what can be excluded', async () => {
    const { texts } = withServer({});
    expect(await texts('x ta|')).toEqual(['tag:']);
    expect(await texts('-|')).not.toContain('-online:');
    expect(await texts('-c|')).toEqual(['-category:']);
  });

  test('values that are counted for the rest of the query', async () => {
    const { at, asked } = withServer(tags('finance', 'money'));
    expect(await at('convert -kind:tool tag:| online:true')).toMatchObject([
      { text: 'finance', note: '1', insert: 'finance' },
      { text: 'money' },
    ]);
    expect(asked).toEqual([`/v1/facets?q=${encodeURIComponent('convert -kind:tool  online:true')}`]);
  });

  test('the value after the last comma, and what begins with it before what contains it', async () => {
    const { texts, chosen } = withServer(tags('my finance', 'finance', 'news'));
    expect(await texts('tag:news,fin|')).toEqual(['finance', 'my finance']);
    expect(await chosen('tag:news,fin|', 'finance')).toBe('tag:news,finance');
    expect(await chosen('tag:"a, b",fin|', 'my finance')).toBe('tag:"a, b","my finance"');
  });

  test.each([
    'working days',
    'a,b',
    'so "called"',
    '\\"',
    '"><img src=x onerror=alert(1)>',
    '\u202egnirts',
    "it's",
    'plain',
  ])('a value so that it reads back as it is: %s', async (value) => {
    const text = await withServer(tags(value)).chosen('tag:|', value);
    const query = parseQuery(text);
    const clean = value.replace('\u202e', '');
    expect(isProblem(query) ? query.detail : query.qualifiers[0]?.values).toEqual([clean]);
  });

  test('a value that is begun in quotation marks', async () => {
    const { chosen, texts } = withServer(tags('working days', 'so "called"'));
    expect(await chosen('tag:"working d|', 'working days')).toBe('tag:"working days"');
    expect(await chosen('tag:"so \\"ca|', 'so "called"')).toBe('tag:"so \\"called\\""');
    expect(await texts('tag:"working days"|')).toEqual([]);
  });

  test('what can be chosen from a short list without asking, and examples where nothing is counted', async () => {
    const { texts, at } = withServer({});
    expect(await texts('accepts:da|')).toEqual(['date', 'date-time']);
    expect(await texts('online:|')).toEqual(['true', 'false']);
    expect(await at('rating:|')).toMatchObject([{ text: '>=4', note: 'for example' }]);
    expect(await texts('tag:|')).toEqual([]);
    expect(await at('near:|')).toMatchObject([{ insert: '52.52,13.4,50' }]);
  });

  test('names of listings for the words that lead up to the caret, tags and inputs for the last', async () => {
    const { at, asked, chosen } = withServer({
      '/v1/suggest?q=convert%20cu': { items: [{ kind: 'name', text: 'convert currency', count: 2 }] },
      '/v1/suggest?q=cu': {
        items: [
          { kind: 'tag', text: 'custom made', count: 3 },
          { kind: 'input', text: 'currency', count: 1 },
          { kind: 'name', text: 'cut: a-b', count: 1 },
        ],
      },
    });
    expect((await at('kind:tool convert cu|')).map(({ text }) => text)).toEqual([
      'currency:',
      'convert currency',
      'tag:"custom made"',
      'input:currency',
      'cut: a-b',
    ]);
    expect(asked.sort()).toEqual(['/v1/suggest?q=convert%20cu', '/v1/suggest?q=cu']);
    expect(await chosen('kind:tool convert cu|', 'convert currency')).toBe('kind:tool convert currency');
    expect(await chosen('convert cu|', 'cut: a-b')).toBe('convert "cut: a-b"');
    expect(await chosen('-cu|', '-tag:"custom made"')).toBe('-tag:"custom made"');
  });

  test('nothing within a word, in a phrase, for what is no qualifier, or without a server', async () => {
    const { texts } = withServer({});
    for (const text of ['conv|ert', '"working da|', 'colour:re|', 'xyz|', 'domain:|x']) {
      expect(await texts(text), text).toEqual([]);
    }
  });

  test('no more than ten values of thousands', async () => {
    const many = Array.from({ length: 3_000 }, (_, at) => `tag ${at}`);
    expect(await withServer(tags(...many)).texts('tag:|')).toHaveLength(10);
  });

  test('at once for a long text', async () => {
    const { texts } = withServer({});
    const before = performance.now();
    for (const text of [
      'word '.repeat(400),
      '"'.repeat(1999),
      ','.repeat(1999),
      'a'.repeat(1999),
      '-'.repeat(1999),
    ]) {
      await texts(`${text}|`);
    }
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});

test('what runs in the browser writes no markup', () => {
  expect(completionOffersScript + completionScript).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\.style\b/,
  );
});
