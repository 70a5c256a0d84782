// The same as a module, with the names that another exports in the older way.
import { handler } from './rehearsal.js';

export default handler;
