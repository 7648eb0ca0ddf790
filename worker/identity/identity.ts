/** Who the directory says it is, in every form in which it is asked. */

import { writeAvatar, writeAvatarData } from '../../protocol/avatar.ts';
import { capsVer, writeCaps } from '../../protocol/caps.ts';
import { writeA2aCard } from '../../protocol/dialects/a2a-card.ts';
import { type BusinessCard, writeAgentCard } from '../../protocol/dialects/ai-sns.ts';
import type { DiscoInfo } from '../../protocol/disco.ts';
import {
  NODE_VCARD4,
  NS_AGENTCARD,
  NS_AGENTCARD_0,
  NS_AVATAR_DATA,
  NS_AVATAR_METADATA,
  NS_JSON_MESSAGE,
  NS_VCARD4,
} from '../../protocol/namespaces.ts';
import { type VcardTemp, writeVcardUpdate } from '../../protocol/vcard-temp.ts';
import { writeVcard4 } from '../../protocol/vcard4.ts';
import type { Version } from '../../protocol/version.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { xmppUri } from '../../protocol/xmpp-uri.ts';
import type { StillNodeOptions } from '../pubsub/still-node.ts';
import type { Picture } from './avatar.ts';
import { a2aCard, aiSnsCard, type CardCommand, ownDescription } from './card.ts';
import { ownInfo } from './own-info.ts';

export const capsNode = 'https://guildhall.example/caps';

export type IdentityOptions = {
  /** The directory's own bare JID. */
  own: string;
  /** Where the operator can be written to, as links. */
  contacts: readonly string[];
  version: string;
  picture: Picture;
  commands: readonly CardCommand[];
};

export type Identity = {
  info: DiscoInfo;
  /** The node under which disco#info is asked for what presence announces (XEP-0115 §6.2). */
  announcedNode: string;
  version: Version;
  /** The presence that announces the directory. */
  announcement(): Element;
  vcard4(): Element;
  vcardTemp: VcardTemp;
  /** What is published: by the account's server, or by the directory itself where it has none. */
  stillNodes: StillNodeOptions[];
};

export function identityOf({ own, contacts, version, picture, commands }: IdentityOptions): Identity {
  const info = ownInfo(contacts);
  const ver = capsVer(info);
  const { email, website } = businessCard(own, contacts);
  const vcard4 = () =>
    writeVcard4({
      fn: 'Guildhall',
      nicknames: [],
      note: ownDescription,
      org: null,
      urls: website ? [website] : [],
      emails: email ? [email] : [],
      impps: [xmppUri(own)],
      langs: ['en'],
    });
  const { id } = picture.info;
  const card = { title: 'Agent card', description: 'What the directory can do for other agents.' };
  return {
    info,
    announcedNode: `${capsNode}#${ver}`,
    version: { name: 'Guildhall', version },
    announcement: () =>
      xml('presence', {}, writeCaps({ hash: 'sha-1', node: capsNode, ver }), writeVcardUpdate(id)),
    vcard4,
    vcardTemp: {
      fn: 'Guildhall',
      desc: ownDescription,
      url: website ?? null,
      email: email ?? null,
      jid: own,
      photo: { type: picture.info.type, base64: picture.base64 },
    },
    stillNodes: [
      {
        node: NODE_VCARD4,
        access: 'open',
        item: { id: 'current', payload: vcard4() },
        info: { title: 'vCard', description: 'Who the directory is.', type: NS_VCARD4 },
      },
      // The image first: whoever hears of the metadata asks for it.
      {
        node: NS_AVATAR_DATA,
        access: 'open',
        item: { id, payload: writeAvatarData(picture.base64) },
        info: { title: 'Picture', description: "The directory's picture.", type: NS_AVATAR_DATA },
      },
      {
        node: NS_AVATAR_METADATA,
        access: 'open',
        item: { id, payload: writeAvatar([picture.info]) },
        info: { title: 'About the picture', description: 'Its size and type.', type: NS_AVATAR_METADATA },
      },
      {
        node: NS_AGENTCARD,
        access: 'presence',
        item: { id: 'current', payload: writeAgentCard(aiSnsCard(own, version, commands)) },
        info: { ...card, type: NS_AGENTCARD },
      },
      {
        node: NS_AGENTCARD_0,
        access: 'presence',
        item: { id: 'current', payload: writeA2aCard(a2aCard(own, version, commands)) },
        info: { ...card, type: NS_JSON_MESSAGE },
      },
    ],
  };
}

/** What the contacts make of a business card. */
export function businessCard(own: string, contacts: readonly string[]): BusinessCard {
  const mail = contacts.find((link) => link.startsWith('mailto:'));
  const website = contacts.find((link) => link.startsWith('https:'));
  const email = mail && unescaped(mail.slice('mailto:'.length).split('?')[0] ?? '');
  return {
    name: 'Guildhall',
    title: 'Directory',
    xmpp: own,
    ...(email && { email }),
    ...(website && { website }),
  };
}

/** Without percent-encoding (RFC 6068 §2); as it stands where that is broken. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
