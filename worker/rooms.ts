/** Chat rooms that the operator names: agents are met there, where the room shows real addresses. */

import { bareJid, formatJid, type Jid, tryJid } from '../protocol/jid.ts';
import { isSelf, joinPresence, leavePresence, mucStatus, readOccupant } from '../protocol/muc.ts';
import type { Element } from '../protocol/xml.ts';
import type { Log } from './log.ts';
import type { Resource } from './sources/source.ts';

export const roomLimits = {
  /** Occupants that are remembered, all rooms counted. */
  occupantsMax: 10_000,
  rejoinMs: 60_000,
} as const;

export type RoomsDeps = {
  rooms: Jid[];
  nick: string;
  send: (stanza: Element) => boolean;
  /** An occupant's real address was seen. */
  onMet: (jid: Jid) => void;
  log: Log;
};

type Room = { jid: Jid; isIn: boolean };

export class Rooms {
  #deps: RoomsDeps;
  #rooms: Map<string, Room>;
  /** Who is in a room now: the real address of each occupant. */
  #occupants = new Map<string, Jid>();
  #rejoin: NodeJS.Timeout | undefined;

  constructor(deps: RoomsDeps) {
    this.#deps = deps;
    this.#rooms = new Map(deps.rooms.map((jid) => [bareJid(jid), { jid, isIn: false }]));
  }

  /** Enters every room; again and again those that could not be entered. */
  onFreshSession(): void {
    this.#occupants.clear();
    for (const room of this.#rooms.values()) room.isIn = false;
    clearInterval(this.#rejoin);
    this.#enter();
    if (this.#rooms.size > 0) this.#rejoin = setInterval(() => this.#enter(), roomLimits.rejoinMs);
  }

  /** True where the presence is a room's, and nobody's own. */
  onPresence(stanza: Element): boolean {
    const from = tryJid(stanza.attrs.from);
    const room = from && this.#rooms.get(bareJid(from));
    if (!from || !room) return false;
    if (stanza.attrs.type === 'error') {
      this.#deps.log('warn', 'room-not-entered', { room: bareJid(from) });
      return true;
    }
    const occupant = readOccupant(stanza);
    if (!occupant) return true;
    if (occupant.codes.includes(mucStatus.created)) {
      // Entering made it, which is its owner's to do: left at once, it is gone again.
      this.#deps.send(leavePresence(room.jid, this.#deps.nick));
      this.#deps.log('warn', 'room-not-entered', { room: bareJid(from) });
    } else if (isSelf(occupant)) room.isIn = occupant.present;
    else this.#note(formatJid(from), occupant.present ? tryJid(occupant.jid) : null);
    return true;
  }

  /** The resources under which the account is in a room. */
  met(jid: string): Resource[] {
    const own = [...this.#occupants.values()].filter(
      (occupant) => occupant.resource && bareJid(occupant) === jid,
    );
    return [...new Set(own.map((occupant) => occupant.resource))].map((resource) => ({ resource, caps: [] }));
  }

  stop(): void {
    clearInterval(this.#rejoin);
    for (const { jid, isIn } of this.#rooms.values())
      if (isIn) this.#deps.send(leavePresence(jid, this.#deps.nick));
  }

  #enter(): void {
    for (const { jid, isIn } of this.#rooms.values())
      if (!isIn) this.#deps.send(joinPresence(jid, this.#deps.nick));
  }

  /** A room that hides who its occupants are tells nothing that counts. */
  #note(occupant: string, real: Jid | null): void {
    if (real === null) {
      this.#occupants.delete(occupant);
      return;
    }
    if (this.#occupants.size >= roomLimits.occupantsMax && !this.#occupants.has(occupant)) return;
    const isKnown = this.#occupants.has(occupant);
    this.#occupants.set(occupant, real);
    if (!isKnown) this.#deps.onMet(real);
  }
}
