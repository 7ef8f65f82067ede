/**
 * The page of the hidden window that captures a display where ffmpeg cannot: Wayland and macOS. It is given a port and
 * what is wanted, `{type: 'capture', fps, width, height}`, and sends frames as `CaptureMessage` of main/capture/port-feed.ts
 * has them. A frame goes out when the one before was taken: a slow reader skips frames, the newest is never kept back.
 */
const asked = new Promise((resolve) => {
  window.addEventListener('message', ({ data, ports: [port] }) => {
    if (data?.type === 'capture' && port) resolve({ port, wanted: data });
  });
});

/** The program calls it as if the user had clicked: a page may ask for a display behind that alone. */
globalThis.begin = async () => {
  const { port, wanted } = await asked;
  void capture(port, wanted);
};

/** Never rejects: what goes wrong is sent. */
async function capture(port, { fps, width, height }) {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: fps }, audio: false });
    const video = Object.assign(document.createElement('video'), { muted: true, srcObject: stream });
    await video.play();
    const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false, willReadFrequently: true });
    const [track] = stream.getVideoTracks();
    let taken = true;
    let dropped = 0;
    const draw = () => {
      // The display sleeps or its window is put away: the last picture again would look as if it did not.
      if (track.muted) return;
      if (!taken) {
        dropped += 1;
        return;
      }
      taken = false;
      const { videoWidth, videoHeight } = video;
      const pixels = picture(context, video, { width, height });
      const frame = { type: 'frame', at: Date.now(), pixels, dropped, width: videoWidth, height: videoHeight };
      // Not transferred: Electron loses what is transferred to a port of another kind of process.
      port.postMessage(frame);
      dropped = 0;
    };
    const timer = setInterval(draw, 1000 / fps);
    const end = () => {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
    };
    port.onmessage = ({ data }) => {
      if (data === 'taken') taken = true;
      else end();
    };
    track.addEventListener('ended', () => {
      end();
      port.postMessage({ type: 'ended' });
    });
    draw();
  } catch (error) {
    port.postMessage({ type: 'failed', name: error instanceof Error ? error.name : 'unknown' });
  }
}

/** What the display shows now, letterboxed into the frame: RGB, row by row. */
function picture(context, video, { width, height }) {
  const scale = Math.min(width / video.videoWidth, height / video.videoHeight);
  const [across, down] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(video, (width - across) >> 1, (height - down) >> 1, across, down);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    pixels[to] = data[from];
    pixels[to + 1] = data[from + 1];
    pixels[to + 2] = data[from + 2];
  }
  return pixels;
}
