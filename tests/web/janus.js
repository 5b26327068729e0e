// Another participant in a browser: Janus' own janus.js in a VideoRoom, one connection to send and one for all that is
// received, as in its demo of several streams.
import Janus from 'janus-gateway';
import adapter from 'webrtc-adapter';
import { heard, listen, picture, seen, tone, watch } from './media.js';

const PLUGIN = 'janus.plugin.videoroom';
const lines = new Map();  // mid of the receiving connection -> { of, person, source, ... }
const names = new Map();  // publisher -> name
const troubles = [];
let janus = null, sending = null, receiving = null, entry = {}, stops = [], privateId = null;
let turn = Promise.resolve();

const trouble = (error) => troubles.push(String(error));
const asked = (begin) => new Promise((success, error) => begin({ success, error: (why) => error(new Error(String(why?.message ?? why))) }));
const says = (handle, message, jsep) => handle.send({ message, ...(jsep && { jsep }), error: trouble });

async function join(server, room, pin, name, hz) {
  entry = { room, ...(pin && { pin }) };
  await asked(({ success }) => Janus.init({ debug: false, dependencies: Janus.useDefaultDependencies({ adapter }), callback: success }));
  await asked((hear) => { janus = new Janus({ server, ...hear, iceServers: [], destroyed: () => {} }); });
  sending = await attached({ onmessage: told });
  receiving = await attached({ onmessage: offered });
  const sent = [picture({ width: 320, height: 180, fps: 15 }), tone(hz)];
  stops = sent.map(({ stop }) => stop);
  entered = new Promise((done) => { isIn = done; });
  says(sending, { request: 'join', ptype: 'publisher', display: name, ...entry });
  await entered;
  const tracks = sent.map(({ track }) => ({ type: track.kind, capture: track, recv: false }));
  const jsep = await asked((hear) => sending.createOffer({ tracks, ...hear }));
  says(sending, { request: 'configure' }, jsep);
}
let entered = null, isIn = () => {};

const attached = (more) => asked((hear) => janus.attach({ plugin: PLUGIN, ...hear, ...more }));

function told(message, jsep) {
  if (message.error) trouble(message.error);
  if (message.videoroom === 'joined') {
    privateId = message.private_id;
    isIn();
  }
  if (message.publishers?.length) subscribe(message.publishers);
  if (jsep) sending.handleRemoteJsep({ jsep, error: trouble });
}

// One change after the other: the next only once the answer to the last is on its way.
function subscribe(publishers) {
  for (const { id, display } of publishers) names.set(id, display ?? '');
  turn = turn.then(() => {
    const had = new Set([...lines.values()].map((line) => line.of));
    const streams = publishers.flatMap(({ id, streams: all }) => all.filter(({ type, disabled }) => type !== 'data' && !disabled)
      .map(({ mid }) => ({ feed: id, mid }))).filter(({ feed, mid }) => !had.has(`${feed}:${mid}`));
    if (!streams.length) return undefined;
    const answered = new Promise((done) => { onAnswer = done; });
    const first = { request: 'join', ptype: 'subscriber', private_id: privateId, streams, ...entry };
    says(receiving, receiving.webrtcStuff.pc ? { request: 'subscribe', streams } : first);
    return answered;
  });
}
let onAnswer = () => {};

async function offered(message, jsep) {
  if (message.error) { trouble(message.error); onAnswer(); }
  if (jsep) {
    try {
      says(receiving, { request: 'start', ...entry }, await asked((hear) => receiving.createAnswer({ jsep, ...hear })));
    } catch (error) { trouble(error); }
  }
  if (message.streams) show(message.streams);
  if (message.streams || jsep) onAnswer();
}

// An m-line may come to be somebody else's: what it was is forgotten.
function show(streams) {
  for (const { mid, type, active, feed_id: feed, feed_mid: theirs, feed_display: name } of streams) {
    const of = active ? `${feed}:${theirs}` : null, before = lines.get(mid);
    if ((before?.of ?? null) === of) continue;
    before?.video?.remove();
    lines.delete(mid);
    const track = of && receiving.webrtcStuff.pc?.getTransceivers().find((each) => each.mid === mid)?.receiver.track;
    if (!track) continue;
    const line = { of, name: name ?? names.get(feed), source: type === 'video' ? 'camera' : 'microphone' };
    lines.set(mid, line);
    const element = document.createElement(type === 'video' ? 'video' : 'audio');
    Object.assign(element, { srcObject: new MediaStream([track]), autoplay: true, muted: true });
    document.body.appendChild(element);
    line.video = element;
    if (type === 'video') line.tile = watch(element, { every: 1, isOver: () => lines.get(mid) !== line });
    else line.sound = listen(track);
  }
}

window.peer = {
  join,
  async leave() {
    stops.forEach((stop) => stop());
    await asked((hear) => janus.destroy({ ...hear }));
    document.querySelectorAll('video, audio').forEach((each) => each.remove());
    lines.clear();
    names.clear();
    turn = Promise.resolve();
  },
  state() {
    const people = new Map();
    for (const { name, source, tile, sound } of lines.values()) {
      if (!people.has(name)) people.set(name, { identity: name, name, publications: [] });
      people.get(name).publications.push({ source, ...(tile && seen(tile)), ...(sound && heard(sound)) });
    }
    return { connected: janus?.isConnected() ?? false, troubles, chat: [], participants: [...people.values()] };
  },
};
