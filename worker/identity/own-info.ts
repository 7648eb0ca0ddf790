/** What the directory's disco#info says of it. Whatever stands here is answered. */

import { type Contacts, writeContacts } from '../../protocol/contacts.ts';
import { NS_AGENT_DIRECTORY } from '../../protocol/dialects/agent-gateway/namespaces.ts';
import type { DiscoInfo } from '../../protocol/disco.ts';
import {
  NS_A2A,
  NS_AGENTCARD,
  NS_AGENTCARD_0,
  NS_AGENTS,
  NS_BUSINESS_CARD,
  NS_CAPS,
  NS_COMMANDS,
  NS_DATA,
  NS_DIRECTORY,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_LISTING,
  NS_PING,
  NS_RECEIPTS,
  NS_RSM,
  NS_SEARCH,
  NS_STYLING,
  NS_TIME,
  NS_VALIDATE,
  NS_VCARD,
  NS_VCARD4,
  NS_VERSION,
} from '../../protocol/namespaces.ts';
import { pubsubFeatures } from '../pubsub/pubsub-desk.ts';

/** In each of these roles the operator can be written to. */
const roles = ['abuse', 'admin', 'support'] as const;

/**
 * The features ending in `+notify` ask for the agents' published changes.
 * @param contacts where the operator can be written to (XEP-0157), as links
 */
export function ownInfo(contacts: readonly string[]): DiscoInfo {
  const byRole: Contacts = Object.fromEntries(roles.map((role) => [role, [...contacts]]));
  return {
    node: null,
    identities: [
      { category: 'client', type: 'bot', name: 'Guildhall', lang: 'en' },
      { category: 'pubsub', type: 'service', name: 'Guildhall', lang: 'en' },
    ],
    features: [
      NS_AGENTS,
      NS_CAPS,
      NS_COMMANDS,
      NS_DATA,
      NS_DISCO_INFO,
      NS_DISCO_ITEMS,
      NS_PING,
      ...pubsubFeatures,
      NS_RSM,
      NS_SEARCH,
      NS_VALIDATE,
      NS_VERSION,
      NS_TIME,
      NS_VCARD,
      NS_VCARD4,
      NS_RECEIPTS,
      NS_STYLING,
      NS_A2A,
      NS_BUSINESS_CARD,
      NS_DIRECTORY,
      NS_AGENT_DIRECTORY,
      `${NS_AGENTCARD}+notify`,
      `${NS_AGENTCARD_0}+notify`,
      `${NS_LISTING}+notify`,
    ],
    forms: contacts.length > 0 ? [writeContacts(byRole)] : [],
  };
}
