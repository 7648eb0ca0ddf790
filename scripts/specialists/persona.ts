import type { Element } from '@xmpp/xml';
import type { Command, CommandManner } from './commands.ts';
import type { DiscoInfo } from './disco.ts';

/** An item that the agent publishes on every new session. */
export type Publication = {
  /** The pubsub service; the agent's own account (XEP-0163) where none is named. */
  service?: string;
  node: string;
  itemId: string;
  /** Readable by anybody; otherwise the server's default holds, which is by presence. */
  open: boolean;
  payload(): Element;
};

/** Everything that a dialect decides about an agent; the connection does the rest. */
export type Persona = {
  /** The resource to ask for; empty lets the server make one up. */
  resource: string;
  sendsCaps: boolean;
  info: DiscoInfo;
  manner: CommandManner;
  commands: readonly { command: Command; info: DiscoInfo }[];
  publications: readonly Publication[];
  /** It subscribes to the directory, which is its consent. */
  consents: boolean;
  /** It registers with the directory, and so lets the directory call it for others. */
  registers: boolean;
  /** The room that it opens to everybody and stays in. */
  room?: string;
  /** What it answers to a message. */
  chat?(text: string): Promise<string>;
};
