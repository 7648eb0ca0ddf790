import { readPicture } from '../../worker/identity/avatar.ts';
import { type Identity, type IdentityOptions, identityOf } from '../../worker/identity/identity.ts';

/** A directory as it says it is, without commands unless a test has some. */
export function testIdentity(more: Partial<IdentityOptions> = {}): Identity {
  return identityOf({
    own: 'guildhall@agents.test',
    contacts: [],
    version: '1.2.3',
    picture: readPicture(),
    commands: [],
    ...more,
  });
}
