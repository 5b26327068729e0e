// What every page of these tests sends and reads back: bar codes of the frame clock in pictures
// (visio_desktop/media/frame_clock.py), tones in sound.
const CELLS = 20, CHECK_BITS = 4, BAR_ROWS = 16;
let audio = null;
const sound = () => (audio ??= new AudioContext({ sampleRate: 48000 }));

const check = (v) => (v ^ (v >> 4) ^ (v >> 8) ^ (v >> 12) ^ 0xA) & 0xF;

function drawFrame(pen, width, height, n, hue) {
  pen.fillStyle = `hsl(${hue} 40% ${40 + 15 * Math.sin(n / 20)}%)`;
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = '#ddd';
  const side = height / 4;
  pen.fillRect((width - side) * (0.5 + 0.5 * Math.sin(n / 25)), (height - side) * (0.5 + 0.5 * Math.cos(n / 17)), side, side);
  const value = Date.now() & 0xFFFF, code = (value << CHECK_BITS) | check(value), cell = Math.floor(width / CELLS);
  for (let i = 0; i < CELLS; i++) {
    pen.fillStyle = (code >> (CELLS - 1 - i)) & 1 ? '#fff' : '#000';
    pen.fillRect(i * cell, 0, cell, BAR_ROWS);
  }
}

const reader = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
function readCode(video) {
  const width = video.videoWidth;
  if (width < CELLS * 4) return null;
  if (reader.canvas.width !== width) Object.assign(reader.canvas, { width, height: 2 });
  reader.drawImage(video, 0, 1, width, 2, 0, 0, width, 2);
  const pixels = reader.getImageData(0, 0, width, 1).data;
  let code = 0;
  for (let i = 0; i < CELLS; i++) code = (code << 1) | (pixels[4 * Math.floor((i + 0.5) * width / CELLS) + 1] > 126);
  const value = code >> CHECK_BITS;
  return check(value) === (code & 0xF) ? value : null;
}

// ---- what is sent: a track, and how it ends -------------------------------------------------------------------------

export function picture({ width, height, fps, hue = 20 }) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = canvas.getContext('2d');
  let n = 0;
  drawFrame(pen, width, height, n, hue);
  const timer = setInterval(() => drawFrame(pen, width, height, ++n, hue), 1000 / fps);
  return { track: canvas.captureStream(fps).getVideoTracks()[0], stop: () => clearInterval(timer) };
}

export function tone(hz) {
  const oscillator = new OscillatorNode(sound(), { frequency: hz });
  const gain = new GainNode(audio, { gain: 0.3 }), out = audio.createMediaStreamDestination();
  oscillator.connect(gain).connect(out);
  oscillator.start();
  return { track: out.stream.getAudioTracks()[0], stop: () => oscillator.stop() };
}

// ---- what arrives ---------------------------------------------------------------------------------------------------

// Reads every so many frames until `isOver`; `onFrame` hears of each.
export function watch(video, { every, isOver, onFrame = () => {} }) {
  const tile = { video, frames: 0, codes: 0, unread: 0, lastCode: null, ages: [], firstAt: Date.now(), lastAt: 0 };
  const look = (now, meta) => {
    if (isOver(tile)) return;
    video.requestVideoFrameCallback(look);
    onFrame();
    tile.frames = meta.presentedFrames;
    tile.lastAt = now;
    if (every === 0 || meta.presentedFrames % every) return;
    const code = readCode(video);
    if (code === null) { tile.unread++; return; }
    if (code !== tile.lastCode) tile.codes++;
    tile.lastCode = code;
    tile.ages.push((Math.round(Date.now() + meta.expectedDisplayTime - performance.now()) - code) & 0xFFFF);
    if (tile.ages.length > 300) tile.ages.shift();
  };
  video.requestVideoFrameCallback(look);
  return tile;
}

export function listen(track) {
  const analyser = new AnalyserNode(sound(), { fftSize: 8192, smoothingTimeConstant: 0 });
  audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  return { analyser };
}

export const seen = (tile) => ({
  width: tile.video.videoWidth, height: tile.video.videoHeight, frames: tile.frames, codes: tile.codes,
  unread: tile.unread, last_code: tile.lastCode, ages_ms: tile.ages,
});

export function heard({ analyser }) {
  const bins = new Float32Array(analyser.frequencyBinCount), samples = new Float32Array(analyser.fftSize);
  analyser.getFloatFrequencyData(bins);
  analyser.getFloatTimeDomainData(samples);
  const top = bins.reduce((best, value, i) => (value > bins[best] ? i : best), 0);
  const rms = Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);
  return { tone_hz: top * audio.sampleRate / analyser.fftSize, level_db: rms > 0 ? 20 * Math.log10(rms) : -127 };
}
