import type { ServerSettings } from './xmpp-server.ts';

/** What one ejabberd server is told; see startEjabberd. */
export interface EjabberdSettings extends ServerSettings {
  files: { authority: string; certificate: string; key: string };
}

/** A server that is strict about TLS, lets everybody on this machine register, and limits nobody's rate. */
export function ejabberdConfig(settings: EjabberdSettings): string {
  const { domain, files, components } = settings;
  const config = {
    hosts: [domain],
    language: 'en',
    loglevel: 'info',
    certfiles: [files.certificate, files.key],
    ca_file: files.authority,
    // Certificates are ours; nobody on the internet is to be asked for one.
    acme: { auto: false },

    auth_method: 'internal',
    auth_password_format: 'scram',
    registration_timeout: 'infinity',

    // No module for dialback: a server is whom its certificate says.
    s2s_cafile: files.authority,
    s2s_use_starttls: 'required',
    outgoing_s2s_families: ['ipv4'],
    outgoing_s2s_port: settings.s2sPort,
    // The other server may be started again at any time.
    s2s_max_retry_delay: 1,

    listen: listeners(settings),
    acl: { loopback: { ip: ['127.0.0.0/8'] } },
    access_rules: { trusted_network: { allow: 'loopback' } },
    modules: modules(components),
  };
  // JSON is YAML, and leaves no doubt about what must be quoted.
  return `${JSON.stringify(config, null, 2)}\n`;
}

function listeners({ address, c2sPort, s2sPort, componentPort, components }: EjabberdSettings): object[] {
  const at = { ip: address, shaper: 'none' };
  const hosts = Object.fromEntries(components.map(({ name, secret }) => [name, { password: secret }]));
  return [
    { ...at, module: 'ejabberd_c2s', port: c2sPort, starttls: true, starttls_required: true },
    { ...at, module: 'ejabberd_s2s_in', port: s2sPort },
    // Without hosts it would route for whatever a component calls itself.
    { ...at, module: 'ejabberd_service', port: componentPort, ...(components.length > 0 && { hosts }) },
  ];
}

function modules(components: { name: string }[]): object {
  return {
    mod_adhoc: {},
    mod_caps: {},
    mod_disco: { extra_domains: components.map(({ name }) => name) },
    mod_last: {},
    mod_muc: { host: 'rooms.@HOST@', name: 'Rooms' },
    mod_offline: {},
    mod_ping: {},
    mod_private: {},
    mod_pubsub: { host: 'pubsub.@HOST@', name: 'Public nodes', plugins: ['flat', 'pep'] },
    mod_register: { ip_access: 'trusted_network', password_strength: 0 },
    mod_roster: {},
    mod_stream_mgmt: {},
    mod_time: {},
    mod_vcard: { search: true, host: 'users.@HOST@' },
    mod_version: {},
  };
}
