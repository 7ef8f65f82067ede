/**
 * Runs in the window's sandbox before its page, and gives the page the bridge and nothing else: no Electron object,
 * no event of Electron's, no channel name.
 */
import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { newsChannel, requestChannel } from './channels.ts';
import type { Bridge, News } from './contract.ts';
import { isRequestName } from './request-names.ts';

const bridge: Bridge = {
  shell: 'electron',

  async request(name, input) {
    if (!isRequestName(name)) return { ok: false, code: 'usage', message: 'There is no such request.' };
    return ipcRenderer.invoke(requestChannel, name, input);
  },

  subscribe(listener) {
    const hear = (_event: IpcRendererEvent, news: News) => listener(news);
    ipcRenderer.on(newsChannel, hear);
    return () => void ipcRenderer.off(newsChannel, hear);
  },
};

contextBridge.exposeInMainWorld('onlooker', bridge);
