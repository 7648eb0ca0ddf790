import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readers } from './support/readers.ts';
import { parseXml } from './support/xml.ts';

const text = readFileSync('docs/protocol.md', 'utf8');

type Proof = { file: string; name: string };
type Row = { title: string; anchor: string; files: string[]; proofs: Proof[] };
type Section = { title: string; reader: string | null; samples: string[] };

const rows = [...text.matchAll(/^\| \[([^\]]+)\]\(#([^)]+)\) \|(.*)\|$/gm)].map(
  ([, title = '', anchor = '', rest = '']): Row => {
    const cells = rest.split(' | ');
    const proofs = (cells.at(-1) ?? '').split('<br>').map((proof) => {
      const [, file = '', name = ''] = /`([^`]+)`: (.+)/.exec(proof.trim()) ?? [];
      return { file, name };
    });
    const files = [...(cells[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
    return { title, anchor, files, proofs };
  },
);

const sections = text
  .split('\n### ')
  .slice(1)
  .map((section): Section => {
    const samples = [...section.matchAll(/^```xml\n([\s\S]*?)^```$/gm)].map(([, sample = '']) => sample);
    const reader = /^Read by `(\w+)`\.$/m.exec(section)?.[1] ?? null;
    return { title: section.split('\n')[0] ?? '', reader, samples };
  });

/** What a source file says in its tests' names: the text between the quotes, without the escapes of the language. */
function namesTest(file: string, name: string): boolean {
  const source = readFileSync(file, 'utf8').replaceAll(/\\(['"`])/g, '$1');
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`));
}

describe('docs/protocol.md', () => {
  test('has a row for each section, and a section with a sample for each row', () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(sections.map(({ title }) => title)).toEqual(rows.map(({ title }) => title));
    expect(sections.filter(({ samples }) => samples.length === 0)).toEqual([]);
    const anchorOf = (title: string) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
        .replaceAll(' ', '-');
    expect(rows.map(({ anchor }) => anchor)).toEqual(rows.map(({ title }) => anchorOf(title)));
  });

  test('names files that are there', () => {
    expect(rows.filter(({ files }) => files.length === 0)).toEqual([]);
    expect(rows.flatMap(({ files }) => files).filter((file) => !existsSync(file))).toEqual([]);
  });

  test('names tests that are there', () => {
    const proofs = rows.flatMap(({ title, proofs }) => proofs.map((proof) => ({ title, ...proof })));
    expect(proofs.filter(({ file, name }) => !existsSync(file) || !namesTest(file, name))).toEqual([]);
  });

  test.each(sections)(
    '$title: each sample is whole, and read where a reader is named',
    ({ reader, samples }) => {
      for (const sample of samples) {
        const element = parseXml(sample);
        if (reader === null) continue;
        // A reader of whole stanzas says by null that it found nothing of its own in one.
        expect(readers[reader]?.(element) ?? null).not.toBeNull();
      }
    },
  );
});
