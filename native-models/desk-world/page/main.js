/** What the renderer calls: `load` a grid of desktops, then ask for one picture of all of them after another. */
import { Desktop } from './desktop.js';

const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById('grid'));
const g = canvas.getContext('2d', { willReadFrequently: true, alpha: false });

/** @type {Desktop[]} */
let desktops = [];
/** @type {{x: number, y: number}[]} */
let places = [];

window.deskWorld = {
  /** @param {{width: number, height: number, tiles: {x: number, y: number, style: any}[]}} grid */
  load(grid) {
    canvas.width = grid.width;
    canvas.height = grid.height;
    g.fillStyle = '#000';
    g.fillRect(0, 0, grid.width, grid.height);
    places = grid.tiles;
    desktops = grid.tiles.map((tile) => new Desktop(tile.style));
  },
  /** One JPEG (base64) a step, and the texts to be told in each tile. @param {any[][]} steps scenes of all tiles, for each step */
  draw(steps) {
    return steps.map((scenes) => {
      const told = scenes.map((scene, i) => {
        const { tileWidth, tileHeight } = desktops[i].style;
        g.save();
        g.translate(places[i].x, places[i].y);
        g.beginPath();
        g.rect(0, 0, tileWidth, tileHeight);
        g.clip();
        const texts = desktops[i].draw(g, scene);
        g.restore();
        return texts;
      });
      return { picture: canvas.toDataURL('image/jpeg', 0.92).slice('data:image/jpeg;base64,'.length), told };
    });
  },
};
