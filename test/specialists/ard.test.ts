import { expect, test } from 'vitest';
import { readArdEntry } from '../../protocol/dialects/ard-entry.ts';
import { ardPersona, chatReply } from '../../scripts/specialists/ard.ts';
import { morseCode } from '../../scripts/specialists/skills/morse-code.ts';

test('the published entry is one that readers of the format take', () => {
  const [publication] = ardPersona(morseCode, 'morse@agents.test').publications;
  if (!publication) throw new Error('one publication expected');
  expect(publication).toMatchObject({ node: 'urn:guildhall:listing:0', itemId: 'morse-code', open: true });
  expect(readArdEntry(publication.payload())).toMatchObject({
    identifier: 'urn:air:agents.test:samples:morse-code',
    publisher: 'agents.test',
    name: morseCode.name,
    description: morseCode.description,
    url: 'xmpp:morse@agents.test?message',
    card: null,
  });
});

test('a message is answered with what the skill makes of it, or with what is wrong', async () => {
  expect(await chatReply(morseCode, 'sos')).toBe('... --- ...');
  expect(await chatReply(morseCode, '☎')).toContain('there is no Morse code');
});
