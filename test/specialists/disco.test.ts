import { expect, test } from 'vitest';
import { capsVersion, infoElement } from '../../scripts/specialists/disco.ts';

test('the verification string is that of XEP-0115 section 5.2', () => {
  const version = capsVersion({
    identities: [{ category: 'client', type: 'pc', name: 'Exodus 0.9.1' }],
    features: [
      'http://jabber.org/protocol/muc',
      'http://jabber.org/protocol/disco#items',
      'http://jabber.org/protocol/disco#info',
      'http://jabber.org/protocol/caps',
    ],
    forms: [],
  });
  expect(version).toBe('QgayPKawpkPSDYmwT/WM94uAlu0=');
});

test('extended information is part of the answer and of the version', () => {
  const info = {
    identities: [{ category: 'automation', type: 'agent', name: 'A' }],
    features: ['urn:x'],
    forms: [{ formType: 'urn:f', fields: [['tags', ['b', 'a']] as const] }],
  };
  const [, , form] = infoElement(info, 'node').getChildElements();
  expect(form?.toString()).toBe(
    '<x xmlns="jabber:x:data" type="result"><field var="FORM_TYPE" type="hidden"><value>urn:f</value></field>' +
      '<field var="tags" type="text-multi"><value>b</value><value>a</value></field></x>',
  );
  expect(capsVersion(info)).not.toBe(capsVersion({ ...info, forms: [] }));
});
