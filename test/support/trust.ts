import tls from 'node:tls';
import { inject } from 'vitest';

// The development CA exists only once the run has begun, too late for NODE_EXTRA_CA_CERTS.
tls.setDefaultCACertificates([...tls.getCACertificates('default'), inject('authority')]);
