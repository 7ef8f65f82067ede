/** One desktop: its windows are drawn from a plain description, so the same description gives the same pixels. */
import { browser } from './apps/browser.js';
import { chat } from './apps/chat.js';
import { document_ } from './apps/document.js';
import { editor } from './apps/editor.js';
import { files } from './apps/files.js';
import { image } from './apps/image.js';
import { mail } from './apps/mail.js';
import { other } from './apps/other.js';
import { presentation } from './apps/presentation.js';
import { settings } from './apps/settings.js';
import { spreadsheet } from './apps/spreadsheet.js';
import { terminal } from './apps/terminal.js';
import { video } from './apps/video.js';
import { chrome, insets, outline, shadow } from './chrome.js';
import { dialog, progress } from './dialogs.js';
import { disc, listen, lookOf } from './look.js';
import { desktopIcons, menu, notification, panel, pointer, tooltip } from './overlays.js';
import { wallpaper } from './wallpaper.js';

const CONTENT = {
  terminal,
  editor,
  browser,
  files,
  document: document_,
  spreadsheet,
  presentation,
  image,
  video,
  chat,
  mail,
  settings,
  other,
};

const touch = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const inside = (a, b) => a.x >= b.x && a.y >= b.y && a.x + a.w <= b.x + b.w && a.y + a.h <= b.y + b.h;

export class Desktop {
  /** @param {any} style what stays the same for the whole stream */
  constructor(style) {
    this.style = style;
    this.scale = style.tileWidth / style.width;
    /** @type {Map<number, {key: string, canvas: OffscreenCanvas, x: number, y: number, told: any[]}>} windows drawn before, by id */
    this.drawn = new Map();
    this.back = new OffscreenCanvas(style.tileWidth, style.tileHeight);
    const g = this.back.getContext('2d', { willReadFrequently: true });
    g.scale(this.scale, style.tileHeight / style.height);
    this.backContext = g;
    this.paintBack(0);
  }

  paintBack(time) {
    const { style, backContext: g } = this;
    const paper = style.wallpaper;
    wallpaper(g, style.width, style.height, paper);
    if (paper.animated)
      for (let i = 0; i < 7; i++) {
        const phase = time * 0.08 + i;
        disc(
          g,
          style.width * (0.5 + 0.45 * Math.sin(phase * 1.3 + i)),
          style.height * (0.5 + 0.45 * Math.cos(phase + i * 2)),
          60 + i * 12,
          'rgba(255,255,255,.10)',
        );
      }
    desktopIcons(g, style);
  }

  /**
   * @param {CanvasRenderingContext2D} g the tile's top left corner is the origin, in tile pixels @param {any} scene
   * @returns {{of: number | 'notification', text: string, size: number}[]} the texts to be told that nothing covers
   */
  draw(g, scene) {
    const { style, scale } = this;
    if (scene.blank) {
      g.fillStyle = scene.blank;
      g.fillRect(0, 0, style.tileWidth, style.tileHeight);
      return [];
    }
    /** All that is drawn over the wallpaper, back to front, with its texts. */
    const layers = [];
    if (style.wallpaper.animated) this.paintBack(scene.time);
    g.drawImage(this.back, 0, 0);
    for (const win of scene.windows) {
      g.save();
      g.scale(scale, scale);
      shadow(g, style, win);
      g.restore();
      const { canvas, x, y, told } = this.window(win, scene.time);
      layers.push({ of: win.id, box: win, told: win.shrink > 0 ? [] : told });
      if (win.shrink > 0) {
        const k = 1 - win.shrink;
        g.globalAlpha = 0.75;
        const cx = (win.x + win.w / 2) * scale;
        const cy = (win.y + win.h / 2) * scale + win.shrinkY * win.shrink * style.height * scale * 0.5;
        g.drawImage(
          canvas,
          cx - (canvas.width * k) / 2,
          cy - (canvas.height * k) / 2,
          canvas.width * k,
          canvas.height * k,
        );
        g.globalAlpha = 1;
      } else g.drawImage(canvas, x, y);
    }
    for (const id of this.drawn.keys()) if (!scene.windows.some((win) => win.id === id)) this.drawn.delete(id);
    g.save();
    g.scale(scale, scale);
    panel(g, style, scene);
    if (scene.menu) {
      menu(g, style, scene.menu);
      layers.push({ of: 'menu', box: scene.menu, told: [] });
    }
    if (scene.notification) {
      const told = listen(g);
      notification(g, style, scene.notification);
      const { e, f } = g.getTransform(); // the tile's corner in the common picture
      layers.push({
        of: 'notification',
        box: scene.notification,
        told: told.map((text) => ({ ...text, x: text.x - e, y: text.y - f })),
      });
    }
    if (scene.tooltip) tooltip(g, style, scene.tooltip);
    pointer(g, style, scene.pointer);
    g.restore();
    return layers.flatMap(({ of, box, told }, i) =>
      told
        .filter((text) => inside(text, this.scaled(box)))
        .filter((text) => !layers.slice(i + 1).some((above) => touch(text, this.scaled(above.box))))
        .map(({ text, size }) => ({ of, text, size })),
    );
  }

  /** A rectangle of the simulated display, in pixels of the tile. */
  scaled({ x, y, w, h }) {
    const { scale } = this;
    return { x: x * scale, y: y * scale, w: w * scale, h: h * scale };
  }

  /** The picture of a window; drawn again only when something about it has changed. */
  window(win, time) {
    const moving = win.subject === 'other' ? Math.floor(time) : 0;
    const key = `${JSON.stringify(win)}${moving}`;
    const known = this.drawn.get(win.id);
    if (known?.key === key) return known;
    const { style, scale } = this;
    const [x, y] = [Math.floor(win.x * scale), Math.floor(win.y * scale)];
    const canvas = new OffscreenCanvas(
      Math.max(1, Math.ceil(win.w * scale) + 2),
      Math.max(1, Math.ceil(win.h * scale) + 2),
    );
    const g = canvas.getContext('2d', { willReadFrequently: true });
    const drawn = listen(g);
    g.translate(win.x * scale - x, win.y * scale - y);
    g.scale(scale, scale);
    outline(g, style, win);
    g.clip();
    chrome(g, style, win);
    const edge = insets(style, win);
    const [w, h] = [Math.max(8, win.w - 2 * edge.side), Math.max(8, win.h - edge.top - edge.bottom)];
    g.translate(edge.side, edge.top);
    g.beginPath();
    g.rect(0, 0, w, h);
    g.clip();
    const look = { ...lookOf(style, win.dark, win.zoom), radius: style.retro ? 0 : 5 };
    if (win.role === 'progress') progress(g, w, h, win, look);
    else if (win.role === 'dialog') dialog(g, w, h, win, look);
    else CONTENT[win.subject](g, w, h, win, look, time);
    if (win.spinner) {
      for (let i = 0; i < 8; i++) {
        const a = (i / 8) * 6.283 + Math.floor(time * 2) * 0.785;
        disc(g, w - 30 + Math.cos(a) * 10, 24 + Math.sin(a) * 10, 2.5, `rgba(128,128,128,${0.15 + i * 0.1})`);
      }
    }
    const told = drawn.map((text) => ({ ...text, x: text.x + x, y: text.y + y }));
    const result = { key, canvas, x, y, told };
    this.drawn.set(win.id, result);
    return result;
  }
}
