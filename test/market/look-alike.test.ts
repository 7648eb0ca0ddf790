import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSuspicious, lookAlikeOf, skeletonOf } from '../../market/look-alike.ts';

const plain = [
  'paypal',
  'Café naïve Łódź',
  'Straße 12',
  'Tiếng Việt',
  'Переводчик',
  'Ёлка і їжак',
  'Ελληνικά',
  'Μετάφραση κειμένου',
  'ترجمة',
  'عربي 123',
  'עברית',
  'हिन्दी अनुवाद',
  'ไทย',
  'Հայերեն',
  'ქართული',
  '中文翻译',
  '翻訳エージェント',
  '日本語bot',
  'AI翻訳',
  '第３回',
  'ＡＩ翻訳v2',
  '한국어 Bot',
  'Переводчик PDF',
  'PDF-переводчик',
  'Чат с GPT',
  'λ-calculus',
  '5 µm',
  'GPT-4o',
  '😀 bot',
  '',
];

const suspicious: [string, string | null][] = [
  ['pаypal', 'paypal'],
  ['Ρayρal', 'paypal'],
  ['օpenai', 'openai'],
  ['ᏢᎪyPal', 'paypal'],
  ['Google Рау', 'google pay'],
  ['ｐaypal', 'paypal'],
  ['𝐩aypal', 'paypal'],
  ['paypa１', 'paypa1'],
  ['Ωmega', null],
  ['Ботnet', null],
  ['v1٢', null],
];

describe('a name', () => {
  test.each(plain)('%j is not suspicious', (name) => {
    expect(isSuspicious(name)).toBe(false);
  });

  test.each(suspicious)('%j is suspicious and looks like %j', (name, like) => {
    expect(isSuspicious(name)).toBe(true);
    expect(lookAlikeOf(name)).toBe(like);
  });

  test.each([
    ['аррӏе', 'apple'],
    ['сор', 'cop'],
    ['ϲат', null],
    ['ϲaт', null],
    ['ϲаt', 'cat'],
    ['𝐩𝐚𝐲𝐩𝐚𝐥', 'paypal'],
    ['PayPal', null],
    ['中文', null],
    ['Café', null],
  ])('%j looks like %j', (name, like) => {
    expect(lookAlikeOf(name)).toBe(like);
  });

  test('and the name that it looks like have one skeleton', () => {
    expect(skeletonOf('PаyРal')).toBe(skeletonOf('paypal'));
    expect(skeletonOf('café')).not.toBe(skeletonOf('cafe'));
  });

  test('has one skeleton, however it is encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        isSuspicious(name);
        lookAlikeOf(name);
        const text = name.toWellFormed();
        expect(skeletonOf(text.normalize('NFD'))).toBe(skeletonOf(text.normalize('NFC')));
      }),
    );
  });

  test('that is very long is judged by its beginning', () => {
    const started = performance.now();
    expect(isSuspicious('а'.repeat(1_000_000))).toBe(false);
    expect(isSuspicious(`pаypal${'x'.repeat(1_000_000)}`)).toBe(true);
    expect(performance.now() - started).toBeLessThan(200);
  });
});
