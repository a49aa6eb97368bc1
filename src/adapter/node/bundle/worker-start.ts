import { startBundle } from './start-bundle';

startBundle('worker');
