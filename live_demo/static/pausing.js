// Pausing, in hidden pages too. Their timers run once a minute at worst, and the server gives up what nobody asks
// after for half of that; a worker's run as they should.

const TIMER = "onmessage = ({ data: [id, wait] }) => setTimeout(() => postMessage(id), wait)";
const pausing = new Map();
let timer = null;
let pauses = 0;

function startTimer() {
  const worker = new Worker(URL.createObjectURL(new Blob([TIMER], { type: "text/javascript" })));
  worker.onmessage = ({ data: id }) => {
    pausing.get(id)();
    pausing.delete(id);
  };
  return worker;
}

export const pause = (milliseconds) =>
  new Promise((resolve) => {
    timer ??= startTimer();
    pausing.set(++pauses, resolve);
    timer.postMessage([pauses, milliseconds]);
  });
