import { dirname } from 'node:path';
import type { ServerSettings } from './xmpp-server.ts';

/** What one Prosody server is told; see startProsody. */
export interface ProsodySettings extends ServerSettings {
  /** Bytes a second that a connection may send, as Prosody writes it ("10kb/s"); without it, no limit. */
  rateLimit?: string | undefined;
  files: {
    data: string;
    plugins: string;
    hosts: string;
    pid: string;
    authority: string;
    certificate: string;
    key: string;
  };
}

const modules = [
  'roster',
  'saslauth',
  'tls',
  'disco',
  'pep',
  'ping',
  'posix',
  'register_ibr',
  'user_account_management',
  'smacks',
  'vcard_legacy',
  'private',
  'blocklist',
  'adhoc',
  'time',
  'version',
  'uptime',
];

/** A Prosody configuration for a federated server on loopback, with TLS on every stream between people and servers. */
export function prosodyConfig(settings: ProsodySettings): string {
  const { domain, address, files, rateLimit, components } = settings;
  const enabled = rateLimit === undefined ? modules : [...modules, 'limits'];
  return `daemonize = false
run_as_root = true
pidfile = ${lua(files.pid)}
data_path = ${lua(files.data)}
certificates = ${lua(dirname(files.certificate))}
plugin_paths = { ${lua(files.plugins)} }
log = { info = "*console" }
storage = "internal"
authentication = "internal_hashed"

interfaces = { ${lua(address)} }
component_interfaces = { ${lua(address)} }
c2s_ports = { ${settings.c2sPort} }
s2s_ports = { ${settings.s2sPort} }
component_ports = { ${settings.componentPort} }
c2s_direct_tls_ports = { }
s2s_direct_tls_ports = { }

ssl = { certificate = ${lua(files.certificate)}, key = ${lua(files.key)}, cafile = ${lua(files.authority)} }
c2s_require_encryption = true
s2s_require_encryption = true
s2s_secure_auth = true
unbound = { hoststxt = ${lua(files.hosts)}, resolvconf = false }

allow_registration = true
modules_enabled = { ${enabled.map(lua).join(', ')} }
${rateLimit === undefined ? '' : `limits = { c2s = { rate = ${lua(rateLimit)} }, s2sin = { rate = ${lua(rateLimit)} } }\n`}
VirtualHost ${lua(domain)}

Component ${lua(`pubsub.${domain}`)} "pubsub"
  name = "Public nodes"
  modules_enabled = { "pubsub_local_owners" }
  autocreate_on_publish = true
  expose_publisher = true
  pubsub_max_items = 1000

Component ${lua(`rooms.${domain}`)} "muc"
  name = "Rooms"
${components.map(({ name, secret }) => `\nComponent ${lua(name)}\n  component_secret = ${lua(secret)}\n  component_conflict_resolve = "kick_old"\n`).join('')}`;
}

/** Prosody's own pubsub lets only administrators make nodes; here every account of the server may. */
export const pubsubLocalOwners = `local service = module:depends("pubsub").service;
local jid_split = require "util.jid".split;
local parent = module.host:match("^[^.]+%.(.+)$");
local stock = service.config.get_affiliation;

service.config.get_affiliation = function (actor, node, action)
	local known = stock(actor, node, action);
	if known then return known; end
	local user, host = jid_split(actor);
	if user and host == parent and not service.nodes[node] and (action == "create" or action == "publish") then
		return "owner";
	end
end
`;

function lua(text: string): string {
  return `"${text.replace(/["\\\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))}"`;
}
