import { describe, expect, test } from 'vitest';
import { readForm } from '../../protocol/data-form.ts';
import { layoutLimits, readLayout } from '../../protocol/form-layout.ts';
import { parseXml } from '../support/xml.ts';

const form = (pages: string) =>
  parseXml(`<x xmlns='jabber:x:data' type='form'>
    <field var='to' type='jid-single' label='To'/>
    <field var='text' type='text-multi'><desc>What to say.</desc></field>
    <field var='when' type='text-single'/>
    ${pages}
  </x>`);
const page = (content: string, label = '') =>
  `<page xmlns='http://jabber.org/protocol/xdata-layout' label='${label}'>${content}</page>`;

describe('a form that is laid out (XEP-0141)', () => {
  const laidOut = form(
    page("<section label='Time'><text>In your own zone.</text><fieldref var='when'/></section>", 'Plan') +
      page("<fieldref var='text'/><fieldref var='nothing'/><fieldref var='when'/>"),
  );

  test('has its fields in the order of its pages, those that no page names last', () => {
    expect(readForm(laidOut).fields.map((field) => field.var)).toEqual(['when', 'text', 'to']);
  });

  test('has fields described by what stands about them, unless they describe themselves', () => {
    const described = readForm(laidOut).fields.map((field) => field.desc);
    expect(described).toEqual(['Plan: Time: In your own zone.', 'What to say.', null]);
  });

  test('without pages has them in their own order', () => {
    expect(readForm(form('')).fields.map((field) => field.var)).toEqual(['to', 'text', 'when']);
  });

  test('names no more fields than a form may have, each once, and takes no other element for a page', () => {
    const many = Array.from({ length: 5_000 }, (_, at) => `<fieldref var='f${at}'/>`).join('');
    expect(readLayout(form(page(many))).length).toBe(layoutLimits.fieldsMax);
    expect(readLayout(form(page("<fieldref var='to'/>").replaceAll('xdata-layout', 'other')))).toEqual([]);
  });
});
