import { mount } from 'svelte';
import { openApp } from '../state/app.svelte.ts';
import OverlayWindow from './OverlayWindow.svelte';

mount(OverlayWindow, { target: document.body, props: { app: openApp() } });
