import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listingPage } from '../../functions/pages/listing-page.ts';
import { pagesOf, record } from '../support/stranger-pages.ts';

type Token = { tag: string; attributes: string[] } | { text: string };

/** Splits markup as a browser would where all attributes are quoted; whatever is no tag is text. */
function tokens(markup: string): Token[] {
  return markup.split(/(<[!/]?[a-zA-Z][^\s>]*(?:\s+[a-zA-Z-]+(?:="[^"]*")?)*\s*\/?>)/).map((part, at) => {
    if (at % 2 === 0) return { text: part };
    const tag = /^<([!/]?[a-zA-Z0-9]+)/.exec(part)?.[1] ?? '';
    return {
      tag,
      attributes: [...part.matchAll(/\s([a-zA-Z-]+)(?:="[^"]*")?/g)].map((match) => match[1] ?? ''),
    };
  });
}

/** The elements and the names of their attributes, without what strangers can choose. */
function skeleton(markup: string): string[] {
  return tokens(markup).flatMap((token) =>
    'tag' in token ? [`${token.tag} ${token.attributes.join(' ')}`] : [],
  );
}

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '" autofocus onfocus="alert(1)',
  '</textarea></title></option></select><!--<svg/onload=alert(1)>',
  '&lt;b&gt; &#60;b&#62; ]]>',
  '{{constructor}} $1 `x`',
  '\u202egnirts\u2066 \u200f\u0000',
  'javascript:alert(1)',
  'a'.repeat(10_000),
  '<'.repeat(10_000),
];

// Long texts in every place of every page take their time on a busy machine.
describe('text from strangers', () => {
  const plain = pagesOf('plain');

  test.each(hostile.map((said) => [said.slice(0, 40), said]))(
    'cannot add an element or an attribute to any page: %s',
    (_, said) => {
      for (const [page, markup] of Object.entries(pagesOf(said))) {
        expect(skeleton(markup), page).toEqual(skeleton(plain[page] ?? ''));
      }
    },
  );

  test('cannot do so whatever it is', () => {
    const line = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 40 })
      .map((text) => `x${text.replaceAll(/[\r\n]/g, '')}`);
    fc.assert(
      fc.property(line, (said) => {
        for (const [page, markup] of Object.entries(pagesOf(said))) {
          expect(skeleton(markup), page).toEqual(skeleton(plain[page] ?? ''));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('never leaves a bare angle bracket or quotation mark in text', () => {
    for (const said of hostile) {
      for (const markup of Object.values(pagesOf(said))) {
        const text = tokens(markup).flatMap((token) => ('text' in token ? [token.text] : []));
        expect(text.join('')).not.toMatch(/[<>"]/);
      }
    }
  });

  test('stands only where it cannot reorder what is around it', () => {
    const marker = '\u202eevil';
    for (const [page, markup] of Object.entries(pagesOf(marker))) {
      const open: { tag: string; isolates: boolean }[] = [];
      for (const token of tokens(markup)) {
        if ('text' in token) {
          const isSafe = open.some(({ tag, isolates }) => isolates || tag === 'title');
          if (token.text.includes(marker)) expect(isSafe, `${page}: in ${open.at(-1)?.tag}`).toBe(true);
        } else if (token.tag.startsWith('/')) {
          while (open.length > 0 && open.pop()?.tag !== token.tag.slice(1));
        } else if (!['input', 'meta', 'link', 'img', '!doctype', 'wbr'].includes(token.tag)) {
          open.push({ tag: token.tag, isolates: token.tag === 'bdi' || token.attributes.includes('dir') });
        }
      }
    }
  });

  test('becomes a link only with a scheme that is safe, and an image only as https or a bitmap', () => {
    const of = record('x');
    const linksOf = (terms: string, icon: string) => {
      const { listing } = of;
      return String(
        listingPage({ ...of, listing: { ...listing, terms, icon } }, [], 'https://guildhall.test'),
      );
    };
    const bad = linksOf('javascript:alert(1)', 'data:image/svg+xml,<svg/>');
    expect(bad).not.toMatch(/(href|src)="(javascript|data):/);
    const good = linksOf('https://works.test/terms', 'https://works.test/icon.png');
    expect(good).toContain('href="https://works.test/terms"');
    expect(good).toContain('src="https://works.test/icon.png"');
  });

  test('in a language that is known says so, and one in several languages does not guess', () => {
    const german = record('x');
    german.listing.lang = ['de'];
    expect(String(listingPage(german, [], ''))).toContain('<h1 lang="de">');
    german.listing.lang = ['de', 'en'];
    expect(String(listingPage(german, [], ''))).toContain('<h1>');
  });
});
