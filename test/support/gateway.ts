import { randomBytes } from 'node:crypto';
import { beforeAll, inject, onTestFinished } from 'vitest';
import type { ToolProvider } from '../../market/tool-listings.ts';
import type { DiscoInfo } from '../../protocol/disco.ts';
import type { Element } from '../../protocol/xml.ts';
import { openComponent } from '../../scripts/component.ts';
import {
  type GatewayOptions,
  gatewayAnswers,
  startGateway,
} from '../../scripts/specialists/gateway/gateway.ts';
import { Asker } from '../../worker/ask.ts';
import { type EndpointLook, lookAtEndpoint } from '../../worker/endpoint.ts';
import { Pace } from '../../worker/pace.ts';
import { afterwards } from './afterwards.ts';
import type { ComponentAddress } from './component.ts';
import { ready, startSession, type TestSession } from './session.ts';

/** Runs the sample gateway until the test is done, and waits until it is connected. */
export async function runGateway(
  component: ComponentAddress,
  options: Partial<GatewayOptions> = {},
): Promise<void> {
  const running = await startGateway({ ...component, ...options });
  onTestFinished(() => running.stop());
}

/** Runs the sample gateway in the same way, each answer changed on its way out; no answer is none. */
export async function runTampered(
  component: ComponentAddress,
  tamper: (answer: Element, query: Element) => Element | null,
  options: Partial<GatewayOptions> = {},
): Promise<void> {
  const answer = gatewayAnswers({ domain: component.domain, ...options });
  const running = await openComponent({
    ...component,
    onStanza(stanza, send) {
      for (const reply of answer(stanza)) {
        const tampered = tamper(reply, stanza);
        if (tampered) send(tampered);
      }
    },
  });
  onTestFinished(() => running.close());
}

/** Asks as the crawler does, for a test file's tests; from the first server, so that where there are two, they federate. */
export class Crawler {
  #bot: TestSession | undefined;

  constructor() {
    beforeAll(async () => {
      const [home] = inject('stack').xmpp;
      if (!home) throw new Error('no XMPP server');
      this.#bot = await startSession(home, `g${randomBytes(5).toString('hex')}`, afterwards);
      await ready(this.#bot.session);
    });
  }

  get messages(): Element[] {
    return this.#begun.heard.messages;
  }

  /** @param timeoutMs after which an answer is given up */
  asker(timeoutMs = 5_000): Asker {
    const { session } = this.#begun;
    return new Asker((to, type, payload) => session.ask(to, type, payload, timeoutMs), new Pace(8));
  }

  async infoOf(jid: string): Promise<DiscoInfo> {
    const answer = await this.asker().info(jid);
    if (answer.kind !== 'answer') throw new Error(`${jid}: ${JSON.stringify(answer)}`);
    return answer.value;
  }

  async look(jid: string, timeoutMs?: number): Promise<EndpointLook> {
    return lookAtEndpoint(this.asker(timeoutMs), jid, await this.infoOf(jid));
  }

  get #begun(): TestSession {
    if (!this.#bot) throw new Error('the session is there once the tests run');
    return this.#bot;
  }
}

/** An endpoint that says nothing of itself but its tools. */
export function ownerOf(jid: string): ToolProvider {
  const domain = jid.split('@').at(-1) ?? jid;
  return { provider: { jid, name: null, domain, description: null, url: null, contacts: [] }, features: [] };
}
