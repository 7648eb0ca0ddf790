import { readAgents } from '../../protocol/agents.ts';
import { readAvatar } from '../../protocol/avatar.ts';
import { capsVerOfElement, hashedPart, isSafeForCaps, readCaps } from '../../protocol/caps.ts';
import { caps2HashOfElement, readCaps2 } from '../../protocol/caps2.ts';
import { readChatMessage, writeReply } from '../../protocol/chat-message.ts';
import { readCommandNotice } from '../../protocol/command-notice.ts';
import { readCommandOutline, readCommandRequest, readCommandResponse } from '../../protocol/commands.ts';
import { readContacts } from '../../protocol/contacts.ts';
import { readForm } from '../../protocol/data-form.ts';
import { readA2aCard, xmppAddressOf } from '../../protocol/dialects/a2a-card.ts';
import { readEndpointInfo, readToolInfo } from '../../protocol/dialects/agent-gateway/infos.ts';
import { readManifestAnswer } from '../../protocol/dialects/agent-gateway/manifest.ts';
import { readSchemaAnswer } from '../../protocol/dialects/agent-gateway/schema.ts';
import { readAccepted, readTaskEvent, readTaskResult } from '../../protocol/dialects/agent-gateway/task.ts';
import {
  readCancelAccepted,
  readInputAccepted,
  readTaskState,
} from '../../protocol/dialects/agent-gateway/task-control.ts';
import { taskPayload } from '../../protocol/dialects/agent-gateway/task-payload.ts';
import { readAgentCard, readCommandMeta } from '../../protocol/dialects/ai-sns.ts';
import { readArdEntry } from '../../protocol/dialects/ard-entry.ts';
import { readContractNotice } from '../../protocol/dialects/contract-notice.ts';
import { readListingForm, readPrice } from '../../protocol/dialects/listing-form.ts';
import { readNews } from '../../protocol/dialects/news.ts';
import { readOnBehalfOf } from '../../protocol/dialects/on-behalf-of.ts';
import { readInvoice, readInvoiceElement } from '../../protocol/dialects/payment.ts';
import { readQueryNotice } from '../../protocol/dialects/query-notice.ts';
import { readRequestAnswer } from '../../protocol/dialects/request-answer.ts';
import { readRequestNotice } from '../../protocol/dialects/request-notice.ts';
import { readInfo, readItems } from '../../protocol/disco.ts';
import { readTime } from '../../protocol/entity-time.ts';
import { readLayout } from '../../protocol/form-layout.ts';
import { pointOf, readGeoloc } from '../../protocol/geoloc.ts';
import { readHash, readHashIn } from '../../protocol/hashes.ts';
import { readConfirm, readConfirmMessage, readConfirmResult } from '../../protocol/http-auth.ts';
import { readJsonContainer, readJsonPayload } from '../../protocol/json-container.ts';
import { readMedia } from '../../protocol/media-element.ts';
import { readOccupant } from '../../protocol/muc.ts';
import { readPresence } from '../../protocol/presence.ts';
import { readPubsubEvent, readPubsubItems } from '../../protocol/pubsub.ts';
import { readPubsubQuestion } from '../../protocol/pubsub-service.ts';
import { readRawInfo } from '../../protocol/raw-info.ts';
import { readRoster } from '../../protocol/roster.ts';
import { readRsmQuestion, readRsmResult } from '../../protocol/rsm.ts';
import { readStanzaError } from '../../protocol/stanza-error.ts';
import {
  readSearch,
  readSearchForm,
  readSearchOffer,
  readSearchResults,
  writeSearch,
  writeSearchOffer,
} from '../../protocol/user-search.ts';
import { readVcardTemp } from '../../protocol/vcard-temp.ts';
import { readVcard4 } from '../../protocol/vcard4.ts';
import { readVersion } from '../../protocol/version.ts';
import type { Element } from '../../protocol/xml.ts';

/** Every function that makes a value of an element that strangers wrote. */
export const readers: { [name: string]: (element: Element) => unknown } = {
  readA2aCard: (element) => xmppAddressOf(readA2aCard(element)),
  readAccepted,
  readAgentCard,
  readAgents,
  readArdEntry,
  readAvatar,
  readCancelAccepted,
  readCaps,
  readCaps2,
  readChatMessage: (element) => {
    const message = readChatMessage(element);
    return message && writeReply(element, message, 'id', message.body).toString();
  },
  readCommandMeta: (element) => readCommandMeta(readForm(element)),
  readCommandNotice,
  readCommandOutline,
  readCommandRequest,
  readCommandResponse,
  readConfirm,
  readConfirmMessage,
  readConfirmResult,
  readContacts: (element) => readContacts(readForm(element)),
  readContractNotice,
  readEndpointInfo: (element) => readEndpointInfo(readForm(element)),
  readForm,
  readGeoloc: (element) => pointOf(readGeoloc(element)),
  readHash,
  readHashIn,
  readInfo: (element) => hashedPart(readInfo(element)),
  readInputAccepted,
  readInvoice,
  readInvoiceElement,
  readItems,
  readJsonContainer,
  readJsonPayload,
  readLayout,
  readMedia,
  readListingForm: (element) => readListingForm(readForm(element)),
  readManifestAnswer,
  readNews,
  readOccupant,
  readOnBehalfOf,
  readPresence,
  readPrice: (element) => readPrice(readForm(element)),
  readPubsubEvent,
  readPubsubItems,
  readPubsubQuestion: (element) => [readPubsubQuestion(element, 'get'), readPubsubQuestion(element, 'set')],
  readQueryNotice,
  readRawInfo,
  readRequestAnswer,
  readRequestNotice,
  readRoster,
  readRsmQuestion,
  readRsmResult,
  readSchemaAnswer,
  readSearch,
  readSearchForm,
  readSearchOffer: (element) => {
    const offer = readSearchOffer(element);
    return [writeSearchOffer(offer), writeSearch(offer, new Map([['nick', 'x']]))];
  },
  readSearchResults,
  readStanzaError,
  readTaskEvent: (element) => {
    const event = readTaskEvent(element);
    return event && taskPayload(event.type, event.payload);
  },
  readTaskResult: (element) => {
    const { state, payload } = readTaskResult(element);
    return taskPayload(state, payload);
  },
  readTaskState,
  readTime,
  readToolInfo: (element) => readToolInfo(readForm(element)),
  readVcard4,
  readVcardTemp,
  readVersion,
  // No readers by name, and as exposed.
  capsVerOfElement: (element) => capsVerOfElement(element, 'sha-256'),
  caps2HashOfElement: (element) => caps2HashOfElement(element),
  isSafeForCaps,
};
