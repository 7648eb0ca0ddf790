/** What a specialist publishes. */

import { xml } from '@xmpp/xml';
import { submitElement } from './forms.ts';
import { NS_PUBLISH_OPTIONS, NS_PUBSUB } from './namespaces.ts';
import type { Publication } from './persona.ts';
import type { Session } from './session.ts';

/** XEP-0060 section 7.1.5; the item is replaced by itself, so publishing again changes nothing. */
export async function publish(session: Session, publication: Publication): Promise<void> {
  const { service, node, itemId, open, payload } = publication;
  const options = submitElement({
    formType: NS_PUBLISH_OPTIONS,
    fields: [
      ['pubsub#persist_items', ['true']],
      ['pubsub#access_model', ['open']],
      // What is published on a shared service is everybody's to add to; each item names its publisher.
      ...(service ? [['pubsub#publish_model', ['open']] as const] : []),
    ],
  });
  await session.request(
    'set',
    xml(
      'pubsub',
      { xmlns: NS_PUBSUB },
      xml('publish', { node }, xml('item', { id: itemId }, payload())),
      open && xml('publish-options', {}, options),
    ),
    service,
  );
}
