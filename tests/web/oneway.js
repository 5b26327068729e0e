// A browser that sends to WHIP endpoints and watches at WHEP endpoints, as the pages of such servers do.
import { heard, listen, picture, seen, tone, watch } from './media.js';

const SDP = 'application/sdp';
let pc = null, resource = null, headers = {}, stops = [], tile = null, sound = null;

async function gathered(description) {
  await pc.setLocalDescription(description);
  while (pc.iceGatheringState !== 'complete') await new Promise((done) => { pc.addEventListener('icegatheringstatechange', done, { once: true }); });
  return pc.localDescription.sdp;
}

const tells = (method, url, body) => fetch(url, { method, headers: { ...headers, ...(body && { 'Content-Type': SDP }) }, body });

// `counter`: who would rather make the offer itself (406) is answered.
async function begin(url, token, counter) {
  headers = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await tells('POST', url, await gathered()), sdp = await answer.text();
  resource = answer.headers.get('Location') && new URL(answer.headers.get('Location'), url).href;
  if (answer.status === 406 && counter) {
    counter();
    await pc.setRemoteDescription({ type: 'offer', sdp });
    await tells('PATCH', resource, await gathered());
  } else if (answer.status === 201) await pc.setRemoteDescription({ type: 'answer', sdp });
  else throw new Error(`${answer.status} ${sdp}`);
}

function receive() {
  pc?.close();
  pc = new RTCPeerConnection();
  pc.ontrack = ({ track }) => {
    const element = Object.assign(document.createElement(track.kind), { srcObject: new MediaStream([track]), autoplay: true, muted: true });
    document.body.appendChild(element);
    if (track.kind === 'video') tile = watch(element, { every: 1, isOver: () => pc === null });
    else sound = listen(track);
  };
}

window.peer = {
  async publish(url, token, hz) {
    pc = new RTCPeerConnection();
    const sent = [tone(hz), picture({ width: 320, height: 180, fps: 15 })], stream = new MediaStream();
    stops = sent.map(({ stop }) => stop);
    for (const { track } of sent) pc.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    await begin(url, token);
  },
  async watch(url, token) {
    receive();
    for (const kind of ['audio', 'video']) pc.addTransceiver(kind, { direction: 'recvonly' });
    await begin(url, token, receive);
  },
  async leave() {
    stops.forEach((stop) => stop());
    stops = [];
    pc.close();
    pc = tile = sound = null;
    document.querySelectorAll('video, audio').forEach((each) => each.remove());
    if (resource) await tells('DELETE', resource);
  },
  state() {
    const publications = [...(tile ? [{ source: 'camera', ...seen(tile) }] : []), ...(sound ? [{ source: 'microphone', ...heard(sound) }] : [])];
    return { connected: pc?.connectionState === 'connected', chat: [], participants: [{ identity: 'stream', name: 'stream', publications }] };
  },
};
