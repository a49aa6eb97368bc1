/** Entry of the script that shows a plugin's tables. */
import './style.css';
import { receive } from '../protocol/messages';
import type { TablesHostMessage, TablesViewMessage } from '../protocol/table-messages';
import { poster } from '../vscode-api';
import { TablesView } from './view';

const root = document.getElementById('root');
if (!root) throw new Error('The document has no element "root".');
const view = new TablesView(root);
window.addEventListener('message', ({ data }: MessageEvent<unknown>) =>
  receive<TablesHostMessage>({ show: (message) => view.show(message.view) }, data),
);
poster<TablesViewMessage>()({ type: 'ready' });
