import { expect, test } from 'vitest';
import { capsVer } from '../../protocol/caps.ts';
import { readInfo } from '../../protocol/disco.ts';
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

test('a name has its language, which is part of the answer and of the version (XEP-0115 section 5.3)', () => {
  const identity = { category: 'automation', type: 'agent' };
  const info = {
    identities: [
      { ...identity, name: '数字', lang: 'zh' },
      { ...identity, name: 'أرقام', lang: 'ar' },
    ],
    features: ['urn:x'],
    forms: [],
  };
  expect(infoElement(info).getChildren('identity')[1]?.toString()).toBe(
    '<identity category="automation" type="agent" xml:lang="ar" name="أرقام"/>',
  );
  expect(capsVersion(info)).toBe(capsVer(readInfo(infoElement(info))));
});
