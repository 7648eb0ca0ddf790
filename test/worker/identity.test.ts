import { describe, expect, test } from 'vitest';
import { capsVerOfElement, readCaps } from '../../protocol/caps.ts';
import { readAgentCard } from '../../protocol/dialects/ai-sns.ts';
import { writeInfo } from '../../protocol/disco.ts';
import { NS_AGENTCARD, NS_DIRECTORY } from '../../protocol/namespaces.ts';
import { businessCard } from '../../worker/identity/identity.ts';
import { testIdentity } from '../support/identity.ts';

describe('the identity', () => {
  test.each([[[]], [['mailto:a@b.example']], [['https://b.example/<x>', 'xmpp:a@b.example']]])(
    'with the contacts %j announces the hash of what disco#info says',
    (contacts) => {
      const { announcement, info, announcedNode } = testIdentity({ contacts });
      const caps = readCaps(announcement());
      expect(capsVerOfElement(writeInfo(info))).toBe(caps?.ver);
      expect(`${caps?.node}#${caps?.ver}`).toBe(announcedNode);
      expect(info.forms).toHaveLength(contacts.length > 0 ? 1 : 0);
    },
  );

  test('has its card say that it is a directory', () => {
    const card = testIdentity().stillNodes.find(({ node }) => node === NS_AGENTCARD)?.item.payload;
    expect(card && readAgentCard(card).extensions).toEqual([NS_DIRECTORY]);
  });

  test.each([
    ['mailto:hall%2Bnews@b.example?subject=x', 'hall+news@b.example'],
    ['mailto:50%@b.example', '50%@b.example'],
  ])('has %s on its business card as %s', (link, email) => {
    expect(businessCard('guildhall@agents.test', [link])).toMatchObject({
      email,
      xmpp: 'guildhall@agents.test',
    });
  });
});
