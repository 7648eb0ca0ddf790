import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { segment, segmentCharsMax } from '../../../market/query/segment.ts';

describe('text is set apart into words', () => {
  test.each([
    ['Chinese', '货币兑换和天气预报', '货币 兑换 和 天气 预报'],
    ['Japanese', '東京都の天気予報をお知らせします。', '東京 都 の 天気 予報 を お知らせ し ます 。'],
    ['katakana', 'データベースとメール', 'データベース と メール'],
    ['Thai', 'ฉันรักประเทศไทยและอาหาร', 'ฉัน รัก ประเทศไทย และ อาหาร'],
    ['mixed', 'AI翻訳v2とPDF', 'AI 翻訳 v2 と PDF'],
    ['mixed with spaces', 'convert 货币兑换 (天气)', 'convert 货币 兑换 ( 天气 )'],
    ['lines', '天気\n予報', '天気\n予報'],
    ['one letter', '東', '東'],
  ])('in %s', (_, text, segmented) => {
    expect(segment(text)).toBe(segmented);
  });

  test.each([
    '',
    'Hello wörld',
    'Привет, мир',
    '한국어 번역',
    'مرحبا بالعالم',
    'हिन्दी',
    '😀👩‍👩‍👧',
    ' a  b ',
  ])('but not in %j', (text) => {
    expect(segment(text)).toBe(text);
  });

  test('and loses nothing, whatever the text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({
        unit: fc.constantFrom(...'東京都天気をのヵー々ไทยรักเ็ກ a1.。\u0301\u200d😀𠮷'),
        maxLength: 40,
      }),
    );
    fc.assert(
      fc.property(text, (given) => {
        const segmented = segment(given);
        expect(segmented.replaceAll(/\s/g, '')).toBe(given.replaceAll(/\s/g, ''));
        expect(segment(given)).toBe(segmented);
      }),
      { numRuns: 1_000 },
    );
  });

  test('up to a named length, never between the halves of a character', () => {
    const long = segment('𠮷'.repeat(segmentCharsMax));
    expect(long.replaceAll(' ', '')).toBe('𠮷'.repeat(segmentCharsMax));
    expect(segment(`x${'𠮷'.repeat(segmentCharsMax)}`).isWellFormed()).toBe(true);
    expect(segment('天気'.repeat(segmentCharsMax)).endsWith('天気天気')).toBe(true);
  });
});
