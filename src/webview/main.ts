/** Entry of the cache view's script. */
import './style.css';
import { receive, type HostMessage, type ViewMessage } from './protocol/messages';
import { CacheView } from './view';
import { poster } from './vscode-api';

const root = document.getElementById('root');
if (!root) throw new Error('The document has no element "root".');
const post = poster<ViewMessage>();
const view = new CacheView(root, post);
window.addEventListener('message', (event: MessageEvent<unknown>) => receive<HostMessage>(view.handlers, event.data));
post({ type: 'ready' });
