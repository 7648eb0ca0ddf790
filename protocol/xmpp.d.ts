// xmpp.js ships no types. These declarations cover what the project calls, no more.

declare module '@xmpp/xml' {
  export type Attributes = { [name: string]: string | undefined };
  export type Node = Element | string;

  export class Element {
    constructor(name: string, attrs?: Attributes);
    name: string;
    attrs: Attributes;
    children: Node[];
    parent: Element | null;
    is(name: string, xmlns?: string): boolean;
    getName(): string;
    getNS(): string | undefined;
    getChild(name: string, xmlns?: string): Element | undefined;
    getChildren(name: string, xmlns?: string): Element[];
    getChildElements(): Element[];
    getChildText(name: string, xmlns?: string): string | null;
    append(...nodes: (Node | null | undefined | false)[]): this;
    text(): string;
    toString(): string;
  }
  export class Parser {
    on(event: 'start' | 'element' | 'end', listener: (element: Element) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    write(data: string): void;
  }
  type Child = Node | number | null | undefined | false | Child[];
  function xml(
    name: string,
    attrs?: { [name: string]: string | number | undefined | null } | null,
    ...children: Child[]
  ): Element;

  export { xml };
  export default xml;
}

declare module '@xmpp/client-core' {
  import type { EventEmitter } from 'node:events';
  import type { Element } from '@xmpp/xml';

  export type ClientSocket = EventEmitter & {
    secure: boolean;
    socket?: import('node:tls').TLSSocket;
    cork?(): void;
    uncork?(): void;
    setNoDelay?(on: boolean): void;
    destroy?(): void;
  };
  export class Client extends EventEmitter {
    constructor(options: { service: string; domain: string; lang?: string });
    options: { service: string; domain: string; lang?: string };
    status: string;
    socket: ClientSocket | null;
    parser: { write(data: string): void } | null;
    jid: { toString(): string; bare(): { toString(): string } } | null;
    timeout: number;
    start(): Promise<unknown>;
    stop(): Promise<unknown>;
    disconnect(): Promise<unknown>;
    connect(service: string): Promise<void>;
    open(options: { domain: string; lang?: string | undefined }): Promise<void>;
    send(element: Element): Promise<void>;
    sendMany(elements: Element[]): Promise<void>;
    write(text: string): Promise<void>;
    headerElement(): Element;
    _onData(data: Uint8Array): void;
    _onElement(element: Element): void;
    _attachSocket(socket: ClientSocket): void;
    _detachSocket(): void;
    _detachParser(): void;
    _closeStream(timeoutMs?: number): Promise<unknown>;
    _closeSocket(timeoutMs?: number): Promise<void>;
    _status(status: string, details?: unknown): void;
    _jid(jid: string): unknown;
    _ready(resumed?: boolean): void;
  }
  export { xml } from '@xmpp/xml';
  export function jid(text: string): { toString(): string };
}

declare module '@xmpp/client' {
  import type { EventEmitter } from 'node:events';
  import type { Element } from '@xmpp/xml';

  type Incoming = { stanza: Element; element: Element };
  type Handler = (
    context: Incoming,
    next: () => Promise<unknown>,
  ) => Element | true | undefined | Promise<Element | true | undefined | unknown>;
  export type XmppClient = EventEmitter & {
    start(): Promise<{ toString(): string }>;
    stop(): Promise<void>;
    send(element: Element): Promise<void>;
    write(text: string): Promise<void>;
    disconnect(): Promise<void>;
    status: string;
    jid: { toString(): string; bare(): { toString(): string } } | null;
    socket: import('@xmpp/client-core').ClientSocket | null;
    reconnect: { delay: number; stop(): void; start(): void };
    middleware: { use(handler: (context: Incoming, next: () => Promise<unknown>) => unknown): void };
    iqCaller: {
      request(stanza: Element, timeoutMs?: number): Promise<Element>;
      get(element: Element, to?: string, timeoutMs?: number): Promise<Element>;
      set(element: Element, to?: string, timeoutMs?: number): Promise<Element>;
    };
    iqCallee: {
      get(xmlns: string, name: string, handler: Handler): void;
      set(xmlns: string, name: string, handler: Handler): void;
    };
    streamFeatures: StreamFeatures;
    streamManagement: { enabled: boolean; inbound: number };
  };
  type StreamFeatures = import('@xmpp/stream-features').StreamFeatures;
  export function client(options: {
    service: string;
    domain: string;
    resource?: string;
    username?: string;
    password?: string;
  }): XmppClient;
  export function jid(text: string): { toString(): string };
  export { xml } from '@xmpp/xml';
}

declare module '@xmpp/middleware' {
  import type { Client } from '@xmpp/client-core';
  import type { Element } from '@xmpp/xml';

  export type Context = { stanza: Element; entity: Client };
  export type Middleware = {
    use(handler: (context: Context, next: () => Promise<unknown>) => unknown): void;
    filter(handler: (context: Context, next: () => Promise<unknown>) => unknown): void;
  };
  export default function middleware(options: { entity: Client }): Middleware;
}

declare module '@xmpp/stream-features' {
  import type { Context, Middleware } from '@xmpp/middleware';
  import type { Element } from '@xmpp/xml';

  export type StreamFeatures = {
    use(
      name: string,
      xmlns: string,
      handler: (context: Context, next: () => Promise<unknown>, feature: Element) => unknown,
    ): void;
  };
  export default function streamFeatures(options: { middleware: Middleware }): StreamFeatures;
}

declare module '@xmpp/reconnect' {
  import type { EventEmitter } from 'node:events';
  import type { Client } from '@xmpp/client-core';

  export type Reconnect = EventEmitter & { delay: number; start(): void; stop(): void };
  export default function reconnect(options: { entity: Client }): Reconnect;
}

declare module '@xmpp/stream-management' {
  import type { EventEmitter } from 'node:events';
  import type { Client } from '@xmpp/client-core';
  import type { Middleware } from '@xmpp/middleware';
  import type { StreamFeatures } from '@xmpp/stream-features';

  export type StreamManagement = EventEmitter & {
    enabled: boolean;
    id: string;
    inbound: number;
    outbound: number;
    outbound_q: unknown[];
    timeout: number;
    requestAckInterval: number;
  };
  export default function streamManagement(options: {
    streamFeatures: StreamFeatures;
    entity: Client;
    middleware: Middleware;
  }): StreamManagement;
}

declare module '@xmpp/sasl' {
  import type { StreamFeatures } from '@xmpp/stream-features';
  import type { SASLFactory } from 'saslmechanisms';

  export default function sasl(
    options: { streamFeatures: StreamFeatures; saslFactory: SASLFactory },
    onAuthenticate: (
      authenticate: (credentials: { username: string; password: string }, mechanism: string) => Promise<void>,
      mechanisms: string[],
    ) => Promise<void>,
  ): void;
}

declare module '@xmpp/sasl-plain' {
  import type { SASLFactory } from 'saslmechanisms';
  export default function plain(factory: SASLFactory): void;
}

declare module '@xmpp/starttls' {
  import type { StreamFeatures } from '@xmpp/stream-features';
  export default function starttls(options: { streamFeatures: StreamFeatures }): void;
}

declare module '@xmpp/resource-binding' {
  import type { StreamFeatures } from '@xmpp/stream-features';
  import type { Element } from '@xmpp/xml';

  export default function resourceBinding(
    options: {
      streamFeatures: StreamFeatures;
      iqCaller: { set(element: Element): Promise<Element> };
    },
    resource: string,
  ): void;
}

declare module '@xmpp/tcp' {
  import type { Client } from '@xmpp/client-core';
  export default function tcp(options: { entity: Client }): void;
}

declare module '@xmpp/tls' {
  import type { Client } from '@xmpp/client-core';
  export default function tls(options: { entity: Client }): void;
}

declare module 'saslmechanisms' {
  export class SASLFactory {
    use(mechanism: unknown): this;
  }
  export default SASLFactory;
}
