import { describe, expect, test } from 'vitest';
import { formResult, resultLimits } from '../../market/call-result.ts';
import { type Field, field, form, readForm, writeForm } from '../../protocol/data-form.ts';
import { mediaLimits, mediaUri, readMedia, writeMedia } from '../../protocol/media-element.ts';
import { parseXml } from '../support/xml.ts';

const cid = 'cid:sha1+f24030b8d91d233bac14777be5ab531ca3b9f102@bob.xmpp.org';
const media = (uris: string) => parseXml(`<media xmlns='urn:xmpp:media-element'>${uris}</media>`);
const picture = (at: number) => ({ type: 'image/png', uri: `https://fx.example/${at}.png` });

describe('media beside a field (XEP-0221)', () => {
  test('keeps the addresses by which data may be had, with their types', () => {
    const read = readMedia(
      media(`<uri type='image/jpeg'>https://fx.example/a.jpg</uri><uri type='audio/ogg; codecs=opus'>
        xmpp:fx@agents.test?get </uri><uri type='image/png'>${cid}</uri>`),
    );
    expect(read).toEqual([
      { type: 'image/jpeg', uri: 'https://fx.example/a.jpg' },
      { type: 'audio/ogg; codecs=opus', uri: 'xmpp:fx@agents.test?get' },
      { type: 'image/png', uri: cid },
    ]);
    expect(readMedia(writeMedia(read))).toEqual(read);
  });

  test.each([
    'http://fx.example/a.jpg',
    'javascript:alert(1)',
    'data:image/png;base64,AAAA',
    'file:///etc/passwd',
    'mailto:ann@agents.test',
    'https://ann:secret@fx.example/',
    'cid:anything',
    'cid:sha1+short@bob.xmpp.org',
    `${cid}?x`,
    `https://fx.example/${'a'.repeat(2_000)}`,
    '',
  ])('has no place for %.40s', (uri) => {
    expect(mediaUri(uri)).toBeNull();
    expect(readMedia(writeMedia([{ type: 'image/png', uri }]))).toEqual([]);
  });

  test('leaves out what states no type, or none that is one, and what is too much', () => {
    const uri = 'https://fx.example/a';
    expect(
      readMedia(media(`<uri>${uri}</uri><uri type='picture'>${uri}</uri><uri type=''>${uri}</uri>`)),
    ).toEqual([]);
    const many = `<uri type='image/png'>${uri}</uri>`.repeat(mediaLimits.urisMax + 1);
    expect(readMedia(media(many))).toHaveLength(mediaLimits.urisMax);
  });

  test('is read and written with its field, and stands in the result of a call once', () => {
    const one: Field = { ...field('chart', 'see the picture'), media: [picture(1), picture(2)] };
    const read = readForm(
      writeForm({ ...form('result', [one]), items: [[{ ...one, media: [picture(2)] }]] }),
    );
    expect(read.fields).toEqual([one]);
    const { media: given, values } = formResult(read, [], null);
    expect(values).toEqual({ chart: 'see the picture' });
    expect(given).toEqual([1, 2].map((at) => ({ type: 'image/png', url: picture(at).uri })));
  });

  test('is bounded in the result of a call', () => {
    const fields = Array.from({ length: 20 }, (_, at): Field => {
      const links = Array.from({ length: 20 }, (__, of) => picture(at * 20 + of));
      return { ...field(`f${at}`, 'x'), media: links };
    });
    expect(formResult(form('result', fields), [], null).media).toHaveLength(resultLimits.mediaMax);
  });
});
