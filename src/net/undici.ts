import api from 'undici/lib/api/index.js';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

/**
 * The parts of undici that herald uses. Its index loads fetch, caches, mocks and WebSockets as well, several MB that nobody here asks for.
 * Load this with the first request, too: a configuration without HTTP need not pay for it.
 */
export { Agent, buildConnector, Pool, ProxyAgent };

// As the index does.
Object.assign(Dispatcher.prototype, api);
